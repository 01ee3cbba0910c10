import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openQueryDatabase, type QueryDatabase } from '../../../datasets/sql/query-database.ts';
import { QueryError } from '../../../datasets/sql/query-error.ts';
import { temporaryFolder } from '../parquet/temporary-folder.ts';
import { sampleVersion } from './sample-version.ts';

const open = async () => openQueryDatabase(await sampleVersion(await temporaryFolder()));
const json = async (database: QueryDatabase, sql: string) => Array.fromAsync((await database.query(sql)).json());

it('has a table of each step and one that joins them', async () => {
  await using database = await open();
  expect(await json(database, 'select * from transcript order by id')).toEqual([
    { id: '10', text: '', segments: [], status: 'ok', error_code: null },
    { id: '8', text: null, segments: null, status: 'skipped', error_code: 'no_audio' },
    {
      id: '9',
      text: '+51 no',
      segments: [{ start: 1.5, frame: '1152921504606846976' }],
      status: 'ok',
      error_code: null,
    },
  ]);
  expect(await json(database, 'select * from dataset where id = 9::text')).toEqual([
    {
      id: '9',
      video_username: '=cmd|calc',
      video_like_count: '9007199254740993',
      video_hashtag_names: ['😀', null],
      video_status: 'ok',
      video_error_code: null,
      transcript_text: '+51 no',
      transcript_segments: [{ start: 1.5, frame: '1152921504606846976' }],
      transcript_status: 'ok',
      transcript_error_code: null,
      stance_label: null,
      stance_score: null,
      stance_status: null,
      stance_error_code: null,
    },
  ]);
  expect(await json(database, 'select count(*)::int as rows, count(stance_score)::int as scores from dataset')).toEqual(
    [{ rows: 3, scores: 0 }],
  );
  expect(await json(database, 'select column_type from (describe stance) order by column_name')).toEqual([
    { column_type: 'VARCHAR' },
    { column_type: 'VARCHAR' },
    { column_type: 'VARCHAR' },
    { column_type: 'DOUBLE' },
    { column_type: 'VARCHAR' },
  ]);
});

it('finds emoji, large numbers and NUL', async () => {
  await using database = await open();
  expect(await json(database, "select id from video where list_contains(hashtag_names, '😀')")).toEqual([{ id: '9' }]);
  expect(await json(database, 'select id from video where like_count = 9007199254740993')).toEqual([{ id: '9' }]);
  expect(await json(database, "select id from video where username like 'a' || chr(0) || '%'")).toEqual([{ id: '10' }]);
});

it('gives the last of several statements, and what DuckDB makes of PIVOT', async () => {
  await using database = await open();
  expect(await json(database, 'create table t as select 2 as two; select two + 1 as three from t;')).toEqual([
    { three: 3 },
  ]);
  expect(await json(database, 'pivot (select status, 1 as one from transcript) on status using sum(one)::int')).toEqual(
    [{ ok: 2, skipped: 1 }],
  );
  const result = await database.query(
    "select id, like_count, 1.50::decimal(9,2) as price, date '2022-12-07' as day from video order by id",
  );
  expect(result.columns).toEqual([
    { name: 'id', numeric: false },
    { name: 'like_count', numeric: true },
    { name: 'price', numeric: true },
    { name: 'day', numeric: false },
  ]);
  expect(await Array.fromAsync(result.text())).toEqual([
    ['10', null, '1.50', '2022-12-07'],
    ['8', '-5', '1.50', '2022-12-07'],
    ['9', '9007199254740993', '1.50', '2022-12-07'],
  ]);
});

it.each([
  "copy video to 'VIDEO_FILE' (format parquet, use_tmp_file false)",
  "copy video to 'gettok-test-copy.csv'",
  "explain analyze copy video to 'VIDEO_FILE' (format parquet, use_tmp_file false)",
  "attach 'VIDEO_FILE.db'",
  "select * from read_text('/etc/hostname')",
  "select * from '/etc/hostname'",
  "select * from glob('/etc/*')",
  "create table t as select * from read_csv('/etc/hostname')",
  'install httpfs',
  'load httpfs',
  'set enable_external_access = true',
  "set allowed_directories = ['/']",
  'drop view video',
  "prepare p as copy video to 'VIDEO_FILE' (use_tmp_file false)",
  "export database 'gettok-test-export'",
  'call pragma_version()',
])('refuses %s', async (statement) => {
  const steps = await sampleVersion(await temporaryFolder());
  const file = steps[0]!.files[0]!;
  const before = await readFile(file);
  await using database = await openQueryDatabase(steps);
  await expect(json(database, statement.replace('VIDEO_FILE', file.replaceAll("'", "''")))).rejects.toThrow(QueryError);
  expect(await readFile(file)).toEqual(before);
  expect(await json(database, 'select count(*)::int as rows from video')).toEqual([{ rows: 3 }]);
});

it('can not read a file beside those of the version', async () => {
  const folder = await temporaryFolder();
  const steps = await sampleVersion(folder);
  const secret = join(folder, 'secret.parquet');
  await copyFile(steps[0]!.files[0]!, secret);
  await using database = await openQueryDatabase(steps);
  await expect(json(database, `select * from '${secret}'`)).rejects.toThrow(
    'A query reads the tables of a version and nothing else. To write a file: gettok export',
  );
});

it.each([
  [
    'select label,, from stance',
    'Parser Error: syntax error at or near ","\n\nLINE 1: select label,, from stance\n                     ^',
  ],
  ['select zz from stance', 'Binder Error: Referenced column "zz" not found in FROM clause!'],
  [
    'select * from vidoe',
    'Did you mean "video"?\n\nLINE 1: select * from vidoe\n                      ^\n\nTables: dataset, video, transcript, stance',
  ],
  [
    "select username::int from video where id = '8'",
    "Conversion Error: Could not convert string '日本語▯[31m' to INT32",
  ],
  ['', 'There is no SQL statement to run.'],
  ['-- just a comment;', 'There is no SQL statement to run.'],
])('says what is wrong with %j and where', async (sql, message) => {
  await using database = await open();
  const refused = json(database, sql);
  await expect(refused).rejects.toThrow(QueryError);
  await expect(refused).rejects.toThrow(message);
});
