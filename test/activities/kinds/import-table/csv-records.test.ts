import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvRecords } from '../../../../activities/kinds/import-table/csv-records.ts';
import { findTableFiles } from '../../../../activities/kinds/import-table/table-files.ts';
import { TableProblems } from '../../../../activities/kinds/import-table/table-problems.ts';
import { temporaryFolder } from '../../../datasets/parquet/temporary-folder.ts';

const field = fc.string({
  unit: fc.constantFrom('a', 'ñ', '😀', '\0', '"', ',', ';', '\n', '\r', '\r\n', ' '),
  maxLength: 6,
});
const quoted = (text: string, always: boolean) =>
  always || /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

const table = fc.record({
  // A record of one empty field is an empty line, which is none.
  records: fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 20 }),
  always: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  delimiter: fc.constantFrom(',', ';'),
  emptyLines: fc.nat({ max: 2 }),
  lastLineEnds: fc.boolean(),
});

it('gives every field as it was written, and the line on which each record begins', async () => {
  const folder = await temporaryFolder();
  await fc.assert(
    fc.asyncProperty(table, async ({ records, always, lineEnd, delimiter, emptyLines, lastLineEnds }) => {
      let text = '';
      const expected = records.map((fields, index) => {
        const line = text.split('\n').length;
        const last = index === records.length - 1;
        const end = last && !lastLineEnds ? '' : lineEnd.repeat(last ? 1 : 1 + emptyLines);
        text += fields.map((each) => quoted(each, always)).join(delimiter) + end;
        return { line, fields };
      });
      await writeFile(join(folder, 'a.csv'), text);
      const [file] = await findTableFiles(folder, ['a.csv'], undefined);
      const problems = new TableProblems();
      expect(await Array.fromAsync(csvRecords(file!, delimiter, problems))).toEqual(expected);
      expect(problems.count).toBe(0);
    }),
    { numRuns: 300 },
  );
});
