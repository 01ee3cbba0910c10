import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CellValue, typeFromJson, type TypeJson } from '../../../datasets/column-type.ts';
import { openDatabase } from '../../../datasets/parquet/database.ts';
import { readParquet } from '../../../datasets/parquet/read-parquet.ts';
import { writeParquet } from '../../../datasets/parquet/write-parquet.ts';
import { exact, pyarrowReads } from './pyarrow.ts';
import { temporaryFolder } from './temporary-folder.ts';

const scalarType = fc.constantFrom<TypeJson>('text', 'bool', 'int32', 'int64', 'float32', 'float64');
const type: fc.Arbitrary<TypeJson> = fc.letrec<{ type: TypeJson }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalarType,
    fc.record({ list: tie('type') }),
    fc.record({
      struct: fc.dictionary(fc.constantFrom('a', 'ñ', 'element', 'list', '😀'), tie('type'), {
        minKeys: 1,
        maxKeys: 3,
      }),
    }),
  ),
})).type;

function valueOf(of: TypeJson): fc.Arbitrary<CellValue> {
  return fc.option(of === 'text' ? fc.string({ unit: 'binary', maxLength: 8 }) : notNull(of), { nil: null, freq: 4 });
}

function notNull(of: TypeJson): fc.Arbitrary<CellValue> {
  if (typeof of === 'object') {
    if ('list' in of) return fc.array(valueOf(of.list), { maxLength: 4 });
    return fc.record(Object.fromEntries(Object.entries(of.struct).map(([name, field]) => [name, valueOf(field)])));
  }
  if (of === 'bool') return fc.boolean();
  if (of === 'int32') return fc.integer();
  if (of === 'int64') return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  if (of === 'float32') return fc.float({ noNaN: true, noDefaultInfinity: true });
  return fc.double({ noNaN: true, noDefaultInfinity: true });
}

const table = fc.array(type, { minLength: 1, maxLength: 5 }).chain((types) =>
  fc.record({
    types: fc.constant(types),
    rows: fc.array(fc.tuple(...types.map(valueOf)), { maxLength: 40 }),
  }),
);

it('gives back any rows of any columns, in this program and in pyarrow', { timeout: 120_000 }, async () => {
  const path = join(await temporaryFolder(), 'any.parquet');
  using database = await openDatabase({ threads: 1 });
  let tables = 0;
  await fc.assert(
    fc.asyncProperty(table, async ({ types, rows }) => {
      const columns = Object.fromEntries(types.map((of, index) => [`c${index}`, { arrow: typeFromJson(of) }]));
      const named = rows.map((row) => Object.fromEntries(row.map((value, index) => [`c${index}`, value])));
      const asExact = (read: readonly Readonly<Record<string, CellValue>>[]) =>
        read.map((row) => types.map((of, index) => exact(row[`c${index}`]!, of)));
      await writeFile(path, await writeParquet(columns, named));
      expect(asExact(await readParquet(database, path, columns))).toEqual(asExact(named));
      // A Python process takes a while, so pyarrow sees every fifth.
      tables += 1;
      if (tables % 5 === 0) expect(pyarrowReads(path).rows.map((row) => Object.values(row))).toEqual(asExact(named));
    }),
    { numRuns: 60, seed: 20221120 },
  );
});
