import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeArrow } from '../../datasets/arrow/write-arrow.ts';
import {
  bool,
  type CellValue,
  type Columns,
  float32,
  float64,
  int32,
  int64,
  list,
  struct,
  text,
  typeToJson,
} from '../../datasets/column-type.ts';
import type { SqlRow } from '../../datasets/parquet/database.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';
import { exportTable } from '../../datasets/sql/export-table.ts';
import { exact, runPyarrow } from './parquet/pyarrow.ts';
import { temporaryFolder } from './parquet/temporary-folder.ts';
import { sampleVersion } from './sql/sample-version.ts';

const SCRIPT = `
import pyarrow as arrow, pyarrow.feather as feather
path = json.load(sys.stdin)['path']
with arrow.ipc.open_file(path) as file:
    batches = [file.get_batch(index) for index in range(file.num_record_batches)]
for batch in batches: batch.validate(full=True)
table = feather.read_table(path)
table.validate(full=True)
print(json.dumps({
    'rows': [exact(row) for row in table.to_pylist()],
    'schema': {field.name: str(field.type) for field in table.schema},
    'batches': [batch.num_rows for batch in batches],
}))
`;

interface ArrowFile {
  readonly rows: readonly Record<string, unknown>[];
  readonly schema: Record<string, string>;
  readonly batches: readonly number[];
}

/** What pyarrow finds in an Arrow file, by its reader of IPC files and by that of Feather. */
const pyarrowReads = (path: string) => runPyarrow(SCRIPT, { path }) as ArrowFile;

async function written(columns: Columns, rows: readonly Record<string, CellValue>[], pieces = 1): Promise<ArrowFile> {
  const path = join(await temporaryFolder(), 'a.arrow');
  async function* inPieces(): AsyncIterable<SqlRow[]> {
    const size = Math.ceil(rows.length / pieces);
    for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size);
  }
  expect(await writeArrow(path, columns, inPieces())).toBe(rows.length);
  return pyarrowReads(path);
}

const COLUMNS = {
  id: text(),
  flag: bool(),
  small: int32(),
  large: int64(),
  single: float32(),
  double: float64(),
  words: list(text()),
  flags: list(bool()),
  said: list(struct({ at: float64(), frame: int64(), by: struct({ name: text() }) })),
  one: struct({ of: list(list(int32())), text: text() }),
};
const FULL = {
  id: 'a\0😀',
  flag: true,
  small: -2147483648,
  large: -(2n ** 63n),
  single: Math.fround(0.1),
  double: -0,
  words: ['', null, 'ñ'],
  flags: [true, null, false, true, true, true, true, true, null],
  said: [{ at: 1.5, frame: 2n ** 63n - 1n, by: { name: null } }, null, { at: null, frame: null, by: null }],
  one: { of: [[1, null], [], null], text: 'x' },
};
const EMPTY = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, null]));
const BARE = { ...EMPTY, id: '', words: [], flags: [], said: [], one: { of: null, text: null } };

describe('an Arrow file', () => {
  it('has every type exactly as pyarrow reads it: 64-bit integers, lists of structs, null apart from empty', async () => {
    const rows = [EMPTY, FULL, BARE, EMPTY, { ...FULL, double: 5e-324, flag: false }, BARE, FULL, FULL, EMPTY, FULL];
    const read = await written(COLUMNS, rows);
    expect(read.rows).toEqual(
      rows.map((row: Record<string, CellValue>) =>
        Object.fromEntries(
          Object.entries(COLUMNS).map(([name, { arrow }]) => [name, exact(row[name]!, typeToJson(arrow))]),
        ),
      ),
    );
    expect(read.schema).toMatchObject({
      flag: 'bool',
      small: 'int32',
      large: 'int64',
      single: 'float',
      double: 'double',
      words: 'list<element: string>',
      said: 'list<element: struct<at: double, frame: int64, by: struct<name: string>>>',
    });
  });

  it('without rows has its columns all the same', async () => {
    const read = await written(COLUMNS, []);
    expect(read.rows).toEqual([]);
    expect(Object.keys(read.schema)).toEqual(Object.keys(COLUMNS));
  });

  it('comes in batches of at most 8,192 rows, in order, however the rows come', async () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => ({ id: `row ${row}`, large: BigInt(row) }));
    const read = await written({ id: text(), large: int64() }, rows, 7);
    expect(read.batches).toEqual([8192, 8192, 3616]);
    expect(read.rows).toEqual(rows.map(({ id, large }) => ({ id: `s:${id}`, large: `i:${large}` })));
  });

  it('cuts batches of long texts earlier', async () => {
    const long = 'x'.repeat(20 * 1024 * 1024);
    const read = await written({ id: text() }, [{ id: long }, { id: long }, { id: 'b' }]);
    expect(read.batches).toEqual([2, 1]);
  });

  it.each(['all.arrow', 'all.feather'])('of a version has what its Parquet export has: %s', async (name) => {
    const folder = await temporaryFolder();
    const steps = await sampleVersion(await temporaryFolder());
    const exported = async (to: string) => {
      const request = { step: null, columns: null, overwrite: false, tempFolder: await temporaryFolder() };
      expect(await exportTable(steps, { ...request, to: join(folder, to) })).toBe(3);
    };
    await exported(name);
    await exported('all.parquet');
    using database = await openDatabase({ threads: 1 });
    const rows = await database.rows(`SELECT * FROM '${join(folder, 'all.parquet')}'`);
    const read = pyarrowReads(join(folder, name));
    expect(read.schema).toMatchObject({ id: 'string', video_like_count: 'int64', stance_score: 'double' });
    expect(Object.keys(read.schema)).toEqual(Object.keys(rows[0]!));
    expect(read.rows).toEqual(
      rows.map((row) => ({
        ...Object.fromEntries(Object.entries(row).map(([column, value]) => [column, exact(value, 'int64')])),
        transcript_segments: exact(row['transcript_segments']!, {
          list: { struct: { start: 'float64', frame: 'int64' } },
        }),
      })),
    );
  });
});
