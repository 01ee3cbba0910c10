import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { runQuery } from '../../cli/run-query.ts';
import { temporaryFolder } from '../datasets/parquet/temporary-folder.ts';
import { sampleVersion } from '../datasets/sql/sample-version.ts';

async function printed(sql: string, options: { json?: boolean; limit?: number } = {}): Promise<string> {
  const out = new PassThrough();
  const all = textOf(out);
  const { json = false, limit = 100 } = options;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing but written to
  const stream = out as unknown as NodeJS.WriteStream;
  await runQuery(await sampleVersion(await temporaryFolder()), sql, { json, limit }, stream);
  out.end();
  return all;
}

it('prints a table and says how many rows it has', async () => {
  expect(
    await printed('select id, transcript_status as transcript, video_like_count as likes from dataset order by id'),
  ).toBe(
    [
      '  id  transcript             likes',
      '  10  ok                      null',
      '  8   skipped                   -5',
      '  9   ok          9007199254740993',
      '  (3 rows)',
      '',
    ].join('\n'),
  );
});

it('prints only so many rows, and no table of none', async () => {
  expect(await printed('select range as n from range(5000)', { limit: 1 })).toBe(
    '  n\n  0\n  (1 of 5,000 rows shown; all with --limit 0)\n',
  );
  expect(await printed('select id from video where false')).toBe('  (0 rows)\n');
});

it('prints an array of row objects for programs', async () => {
  const output = await printed('select id, like_count from video order by id', { json: true });
  expect(output).toBe(
    '[\n{"id":"10","like_count":null},\n{"id":"8","like_count":"-5"},\n{"id":"9","like_count":"9007199254740993"}\n]\n',
  );
  expect(await printed('select id from video where false', { json: true })).toBe('[]\n');
});

it('prints a plan as DuckDB draws it', async () => {
  expect(await printed('explain select 1')).toMatch(/^┌─+┐\n│ +PROJECTION +│\n/);
});
