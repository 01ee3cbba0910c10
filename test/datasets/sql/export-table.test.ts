import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ExportError, exportTable } from '../../../datasets/sql/export-table.ts';
import { pyarrowReads } from '../parquet/pyarrow.ts';
import { temporaryFolder } from '../parquet/temporary-folder.ts';
import { idsOnly, sampleVersion } from './sample-version.ts';

async function exported(
  name: string,
  options: { step?: string; columns?: readonly string[]; overwrite?: boolean; before?: string } = {},
) {
  const folder = await temporaryFolder();
  const out = await temporaryFolder();
  const to = join(out, name);
  if (options.before !== undefined) await writeFile(to, options.before);
  const rows = await exportTable(await sampleVersion(folder), {
    to,
    step: options.step ?? null,
    columns: options.columns ?? null,
    overwrite: options.overwrite ?? false,
    tempFolder: await temporaryFolder(),
  });
  expect(await readdir(out)).toEqual([name]);
  return { to, rows };
}

describe('an export', () => {
  it('as Parquet has all columns in their types, sorted by id', async () => {
    const { to, rows } = await exported('all.parquet');
    expect(rows).toBe(3);
    const read = pyarrowReads(to);
    expect(read.rows.map(({ id }) => id)).toEqual(['s:10', 's:8', 's:9']);
    expect(read.rows[2]).toMatchObject({
      video_like_count: 'i:9007199254740993',
      video_hashtag_names: ['s:😀', null],
      transcript_segments: [{ frame: 'i:1152921504606846976' }],
      stance_label: null,
    });
    expect(read.rows[0]).toMatchObject({ video_username: 's:a\0b "c",\nd', transcript_segments: [] });
    expect(read.schema).toMatchObject({ id: 'string', video_like_count: 'int64', stance_score: 'double' });
  });

  it('as CSV keeps spreadsheets from running text, and numbers as they are', async () => {
    const { to } = await exported('all.csv', {
      columns: ['id', 'video.username', 'video_like_count', 'video.hashtag_names', 'transcript.text'],
    });
    expect(await readFile(to, 'utf8')).toBe(
      'id,video_username,video_like_count,video_hashtag_names,transcript_text\n' +
        '10,"a\0b ""c"",\nd",,,""\n' +
        '8,日本語\u001b[31m,-5,[],\n' +
        '9,\'=cmd|calc,9007199254740993,"[""😀"",null]",\'+51 no\n',
    );
  });

  it('as JSON Lines has 64-bit integers as text, nested ones too', async () => {
    const { to } = await exported('stance.jsonl', { columns: ['id', 'video_like_count', 'transcript_segments'] });
    expect(
      (await readFile(to, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { id: '10', video_like_count: null, transcript_segments: [] },
      { id: '8', video_like_count: '-5', transcript_segments: null },
      {
        id: '9',
        video_like_count: '9007199254740993',
        transcript_segments: [{ start: 1.5, frame: '1152921504606846976' }],
      },
    ]);
  });

  it.each(['csv', 'jsonl', 'parquet', 'arrow'])(
    'as %s has a column once, however often it is named',
    async (ending) => {
      const columns = ['stance.label', 'id', 'stance_label', 'id'];
      const { to, rows } = await exported(`once.${ending}`, { columns });
      expect(rows).toBe(3);
      if (ending === 'csv') expect((await readFile(to, 'utf8')).split('\n')[0]).toBe('stance_label,id');
      if (ending === 'parquet') expect(Object.keys(pyarrowReads(to).schema)).toEqual(['stance_label', 'id']);
    },
  );

  it('as CSV is sorted by the ids themselves, not by what is written for a spreadsheet', async () => {
    const steps = await idsOnly(await temporaryFolder(), ['+1', '#2', '0', '=3', "'=3"]);
    const to = join(await temporaryFolder(), 'ids.csv');
    const tempFolder = await temporaryFolder();
    await exportTable(steps, { to, step: null, columns: ['id'], overwrite: false, tempFolder });
    expect((await readFile(to, 'utf8')).trimEnd().split('\n')).toEqual(['id', '"#2"', "''=3", "'+1", '0', "'=3"]);
  });

  it('of one step, gzipped', async () => {
    const { to } = await exported('transcript.csv.gz', { step: 'transcript', columns: ['status', 'id'] });
    expect(gunzipSync(await readFile(to)).toString()).toBe('status,id\nok,10\nskipped,8\nok,9\n');
  });

  it('replaces a file only when told to', async () => {
    await expect(exported('a.csv', { before: 'mine' })).rejects.toThrow(
      'is there already. Choose another name, or overwrite it with --force',
    );
    const { to } = await exported('a.csv', { before: 'mine', overwrite: true, columns: ['id'] });
    expect(await readFile(to, 'utf8')).toBe('id\n10\n8\n9\n');
  });

  it.each([
    ['a.xlsx', {}, 'the ending says the format; use .parquet, .arrow, .csv, .csv.gz, .jsonl or .jsonl.gz'],
    ['nowhere/a.csv', {}, 'there is no folder'],
    ['a.csv', { step: 'stanze' }, 'There is no step "stanze". Steps: video, transcript, stance'],
    [
      'a.csv',
      { step: 'stance', columns: ['id', 'lable'] },
      'No column "lable" in stance. There are: id, label, score, status, error_code',
    ],
    ['a.csv', { columns: ['label'] }, 'No column "label" in the joined view. There are: id, video_username,'],
  ])('is refused: %s %j', async (name, options, message) => {
    const refused = exported(name, options);
    await expect(refused).rejects.toThrow(ExportError);
    await expect(refused).rejects.toThrow(message);
  });
});
