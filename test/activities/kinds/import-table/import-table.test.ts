import { link, mkdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importTable } from '../../../../activities/kinds/import-table.ts';
import type { OutsideTools } from '../../../../activities/step-kind.ts';
import { float64, int64, list, struct, text } from '../../../../datasets/column-type.ts';
import { openDatabase } from '../../../../datasets/parquet/database.ts';
import { quoteText } from '../../../../datasets/parquet/sql-text.ts';
import { writeParquet } from '../../../../datasets/parquet/write-parquet.ts';
import { temporaryFolder } from '../../../datasets/parquet/temporary-folder.ts';
import { column, imported } from './imported.ts';

/** A folder with these files in it. */
async function folderWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const lines = (...rows: readonly string[]) => `${rows.join('\n')}\n`;

const RESEARCH_API_ROW =
  '{"id":7203311094526659846,"create_time":1676900000,"username":"حموديالباشا\\u0000…4","region_code":"PE",' +
  '"video_description":"¡Cierre! 😀","music_id":7175539063529835522,"like_count":9007199254740993,"comment_count":0,' +
  '"hashtag_names":["peru","😀"],"effect_ids":[1441,"0"],"is_stem_verified":false,"playlist_id":7200000000000000001,' +
  '"hashtag_info_list":[{"hashtag_id":"9","hashtag_description":"x"}],"video_tag":{"type":1,"number":7200000000000000001},' +
  '"my_score":1,"video_duration":13}';

describe('columns', () => {
  it('of the Research API get its types and its order, whatever the rows leave out', async () => {
    const folder = await folderWith({ 'a.jsonl': lines('{"id":1,"voice_to_text":null,"zeal":"x"}', RESEARCH_API_ROW) });
    const table = await imported(folder, { path: 'a.jsonl' });
    expect(table.columns).toEqual({
      create_time: 'int64',
      username: 'text',
      region_code: 'text',
      video_description: 'text',
      voice_to_text: 'text',
      hashtag_names: 'list<text>',
      effect_ids: 'list<text>',
      music_id: 'text',
      playlist_id: 'text',
      video_duration: 'int64',
      like_count: 'int64',
      comment_count: 'int64',
      is_stem_verified: 'bool',
      hashtag_info_list: 'text',
      video_tag: 'text',
      my_score: 'int64',
      zeal: 'text',
    });
    expect(Object.keys(table.columns)).toEqual([...Object.keys(table.columns).slice(0, 15), 'my_score', 'zeal']);
    expect(table.rows[1]).toEqual({
      id: '7203311094526659846',
      place: 'a.jsonl:2',
      values: {
        create_time: 1676900000n,
        username: 'حموديالباشا\u0000…4',
        region_code: 'PE',
        video_description: '¡Cierre! 😀',
        voice_to_text: null,
        hashtag_names: ['peru', '😀'],
        effect_ids: ['1441', '0'],
        music_id: '7175539063529835522',
        playlist_id: '7200000000000000001',
        video_duration: 13n,
        like_count: 9007199254740993n,
        comment_count: 0n,
        is_stem_verified: false,
        hashtag_info_list: '[{"hashtag_description":"x","hashtag_id":"9"}]',
        video_tag: '{"number":"7200000000000000001","type":1}',
        my_score: 1n,
        zeal: null,
      },
    });
  });

  it.each<[json: string, type: string, values: readonly unknown[]]>([
    ['1 -9223372036854775808 null', 'int64', [1n, -9223372036854775808n, null]],
    ['1 2.5 1e3', 'float64', [1, 2.5, 1000]],
    ['1.0 2.0', 'float64', [1, 2]],
    ['9007199254740993 0.5', 'text', ['"9007199254740993"', '0.5']],
    ['true null', 'bool', [true, null]],
    ['"01" "1"', 'text', ['01', '1']],
    ['["a",null] []', 'list<text>', [['a', null], []]],
    ['[1,2] ["a"]', 'text', ['[1,2]', '["a"]']],
    ['{"b":1,"a":[1.50,7200000000000000001]} 1 "x"', 'text', ['{"a":[1.5,"7200000000000000001"],"b":1}', '1', '"x"']],
    ['1 "1"', 'text', ['1', '"1"']],
    ['null null', 'text', [null, null]],
  ])('of JSON values %s are %s', async (json, type, values) => {
    const folder = await folderWith({
      'a.jsonl': lines(...json.split(' ').map((value, id) => `{"id":${id},"x":${value}}`)),
    });
    const table = await imported(folder, { path: 'a.jsonl' });
    expect(table.columns).toEqual({ x: type });
    expect(column(table, 'x')).toEqual(values);
  });

  it.each<[csv: string, type: string, values: readonly unknown[]]>([
    ['1|-2||0', 'int64', [1n, -2n, null, 0n]],
    ['1|0.5|1e3', 'float64', [1, 0.5, 1000]],
    ['01|2', 'text', ['01', '2']],
    ['+1|2', 'text', ['+1', '2']],
    ['9223372036854775808|1', 'text', ['9223372036854775808', '1']],
    ['True|false|FALSE', 'bool', [true, false, false]],
    ['true|1', 'text', ['true', '1']],
    [' 1|2 ', 'text', [' 1', '2 ']],
  ])('of CSV fields %s are %s', async (csv, type, values) => {
    const folder = await folderWith({ 'a.csv': lines('id,x', ...csv.split('|').map((value, id) => `${id},${value}`)) });
    const table = await imported(folder, { path: 'a.csv' });
    expect(table.columns).toEqual({ x: type });
    expect(column(table, 'x')).toEqual(values);
  });

  it('of the Research API are read from CSV, too, and keep their text where it says something else', async () => {
    const folder = await folderWith({
      'a.csv': lines(
        'id,create_time,like_count,music_id,hashtag_names,is_stem_verified,video_tag,video_mention_list',
        `7203311094526659846,1676900000,12.0,0071,"[""peru"", ""😀""]",True,"{""b"": 1, ""a"": 2}","peru, lima"`,
        '7203311094526659847,,,,[],,,',
      ),
    });
    const table = await imported(folder, { path: 'a.csv' });
    expect(table.columns).toMatchObject({
      like_count: 'int64',
      music_id: 'text',
      hashtag_names: 'list<text>',
      video_mention_list: 'text',
    });
    expect(table.rows.map(({ values }) => values)).toEqual([
      {
        create_time: 1676900000n,
        like_count: 12n,
        music_id: '0071',
        hashtag_names: ['peru', '😀'],
        is_stem_verified: true,
        video_tag: '{"a":2,"b":1}',
        video_mention_list: 'peru, lima',
      },
      {
        create_time: null,
        like_count: null,
        music_id: null,
        hashtag_names: [],
        is_stem_verified: null,
        video_tag: null,
        video_mention_list: null,
      },
    ]);
  });

  it('are declared where the data should not decide', async () => {
    const folder = await folderWith({ 'a.jsonl': lines('{"id":1,"a":1,"b":"2","c":[3],"d":4,"e":{"z":1,"y":2}}') });
    const columns = { a: 'text', b: 'float64', c: ['int64'], d: 'int32', e: 'json', f: 'int64' };
    const table = await imported(folder, { path: 'a.jsonl', columns });
    expect(table.columns).toEqual({ a: 'text', b: 'float64', c: 'list<int64>', d: 'int32', e: 'text', f: 'int64' });
    expect(table.rows[0]!.values).toEqual({ a: '1', b: 2, c: [3n], d: 4, e: '{"y":2,"z":1}', f: null });
  });

  it('are not as many as there are rows', async () => {
    const folder = await folderWith({
      'a.jsonl': lines(...Array.from({ length: 2001 }, (_, id) => `{"id":${id},"x${id}":1}`)),
    });
    await expect(imported(folder, { path: 'a.jsonl' })).rejects.toThrow('more than 2000 different fields');
  });

  it('may be given other names', async () => {
    const folder = await folderWith({ 'a.csv': lines('key,id,status', '7,x,open') });
    await expect(imported(folder, { path: 'a.csv', id: 'key' })).rejects.toThrow('rename: { status: … }');
    const table = await imported(folder, {
      path: 'a.csv',
      id: 'key',
      rename: { id: 'inner_id', status: 'post_status' },
    });
    expect(table.rows).toEqual([{ id: '7', place: 'a.csv:2', values: { inner_id: 'x', post_status: 'open' } }]);
    await expect(
      imported(folder, { path: 'a.csv', id: 'key', rename: { id: 'a', status: 'b', other: 'c' } }),
    ).rejects.toThrow('rename  no file has a column other to rename');
  });
});

describe('rows', () => {
  it('of CSV have exact texts and the lines on which they begin', async () => {
    const csv = '\ufeffid,caption,n\r\n007,"two\r\nlines, ""quoted""",1\r\n\r\n008,"",2\n"9"," x ",3\n10,last,4';
    const table = await imported(await folderWith({ 'a.csv': csv }), { path: 'a.csv' });
    expect(table.rows).toEqual([
      { id: '007', place: 'a.csv:2', values: { caption: 'two\r\nlines, "quoted"', n: 1n } },
      { id: '008', place: 'a.csv:5', values: { caption: null, n: 2n } },
      { id: '9', place: 'a.csv:6', values: { caption: ' x ', n: 3n } },
      { id: '10', place: 'a.csv:7', values: { caption: 'last', n: 4n } },
    ]);
  });

  it('come from several files, in the order of their names, unzipped', async () => {
    const folder = await folderWith({
      'data/b.jsonl': lines('{"id":"3"}'),
      'data/a.jsonl': lines('{"id":"2"}', '', '{"id":"10"}'),
      'data/c/d.jsonl.gz': gzipSync(lines('{"id":"1"}')),
      'data/.hidden.jsonl': 'no JSON',
      'other/e.tsv': lines('id\tx', '5\ta,b'),
    });
    const { rows } = await imported(folder, { path: ['data/*.jsonl', 'data/**/*.gz'] });
    expect(rows.map(({ id, place }) => [id, place])).toEqual([
      ['2', 'data/a.jsonl:1'],
      ['10', 'data/a.jsonl:3'],
      ['3', 'data/b.jsonl:1'],
      ['1', 'data/c/d.jsonl.gz:1'],
    ]);
    expect(column(await imported(folder, { path: 'other/e.tsv' }), 'x')).toEqual(['a,b']);
    await expect(imported(folder, { path: ['data/a.jsonl', 'other/*'] })).rejects.toThrow(
      'files of two formats, data/a.jsonl and other/e.tsv',
    );
  });

  it('of Parquet have its types, also where all values are null', async () => {
    const folder = await temporaryFolder();
    const columns = {
      key: int64(),
      likes: int64(),
      score: float64(),
      tags: list(text()),
      segments: list(struct({ n: int64() })),
    };
    await writeFile(
      join(folder, 'a.parquet'),
      await writeParquet(columns, [
        { key: 7203311094526659846n, likes: null, score: null, tags: null, segments: [{ n: 9007199254740993n }, null] },
        { key: 2n, likes: null, score: null, tags: null, segments: null },
      ]),
    );
    const table = await imported(folder, { path: 'a.parquet', id: 'key' });
    expect(table.columns).toEqual({ likes: 'int64', score: 'float64', segments: 'text', tags: 'list<text>' });
    expect(table.rows).toEqual([
      {
        id: '7203311094526659846',
        place: 'a.parquet row 1',
        values: { likes: null, score: null, segments: '[{"n":"9007199254740993"},null]', tags: null },
      },
      { id: '2', place: 'a.parquet row 2', values: { likes: null, score: null, segments: null, tags: null } },
    ]);
  });

  it('of Parquet come from all types that other programs write', async () => {
    const folder = await temporaryFolder();
    using database = await openDatabase();
    await database.run(
      `COPY (SELECT 'v' || range AS id, range::UTINYINT AS tiny, range::UBIGINT AS big, 1.25::DECIMAL(9,2) AS price, 0.5::FLOAT AS ratio,
         TIMESTAMPTZ '2022-12-07 01:02:03+00' AS at, TIMESTAMP '2022-12-07 01:02:03.5' AS local, DATE '2022-12-07' AS day,
         {'a': [1, 2]} AS nested, MAP {'k': 1} AS pairs, 'x'::ENUM('x', 'y') AS choice, uuid() IS NULL AS flag, NULL::BOOLEAN AS never
       FROM range(2)) TO ${quoteText(join(folder, 'a.parquet'))}`,
    );
    const table = await imported(folder, { path: 'a.parquet' });
    expect(table.columns).toEqual({
      at: 'text',
      big: 'int64',
      choice: 'text',
      day: 'text',
      flag: 'bool',
      local: 'text',
      nested: 'text',
      never: 'bool',
      pairs: 'text',
      price: 'float64',
      ratio: 'float64',
      tiny: 'int64',
    });
    expect(table.rows[1]!.values).toEqual({
      at: '2022-12-07T01:02:03.000000Z',
      big: 1n,
      choice: 'x',
      day: '2022-12-07',
      flag: false,
      local: '2022-12-07T01:02:03.500000',
      nested: '{"a":[1,2]}',
      never: null,
      pairs: '{"k":1}',
      price: 1.25,
      ratio: 0.5,
      tiny: 1n,
    });
  });

  it.each([
    ['SELECT 7.0::DOUBLE AS id', 'id is DOUBLE: a number that may be rounded'],
    ["SELECT '7' AS id, 'x'::BLOB AS bytes", 'column "bytes" is binary data'],
    ["SELECT '7' AS id, 'nan'::DOUBLE AS score", 'score has a number that is none (NaN)'],
    ["SELECT '7' AS id, ['nan'::DOUBLE] AS scores", "scores has a value in it that JSON can't hold"],
    ["SELECT '7' AS key", 'there is no column id; say which one names the rows by id: … (there are key)'],
    ['SELECT NULL::VARCHAR AS id', 'a.parquet row 1  id is empty'],
  ])('of Parquet are refused: %s', async (sql, message) => {
    const folder = await temporaryFolder();
    using database = await openDatabase();
    await database.run(`COPY (${sql}) TO ${quoteText(join(folder, 'a.parquet'))}`);
    await expect(imported(folder, { path: 'a.parquet' })).rejects.toThrow(message);
  });

  it('whose values are not of the declared type are named by line, column, value and type', async () => {
    const folder = await folderWith({
      'a.jsonl': lines(
        '{"id":1,"n":2147483648,"t":1.5,"l":["a"]}',
        '{"id":2,"n":"2","t":"ok","l":["a",1]}',
        '{"id":3,"n":true,"l":"a"}',
      ),
    });
    await expect(
      imported(folder, { path: 'a.jsonl', columns: { n: 'int32', t: 'text', l: ['text'] } }),
    ).rejects.toThrow(
      [
        '4 problems, nothing was imported:',
        'a.jsonl:1  n is 2147483648, expected int32',
        'a.jsonl:1  t is 1.5, expected text',
        'a.jsonl:3  l is "a", expected list<text>',
        'a.jsonl:3  n is true, expected int32',
      ].join('\n  '),
    );
  });

  it('are not given out after a problem, and none are when the files changed since the plan', async () => {
    const folder = await folderWith({ 'a.jsonl': lines('{"id":1,"n":1}') });
    const params = importTable.params.parse({ path: 'a.jsonl' });
    const planned = await importTable.inspect!(params, folder);
    await writeFile(join(folder, 'a.jsonl'), lines('{"id":1,"n":"one","m":2}'));
    const rows = importTable.rows!(params, folder, planned, new AbortController().signal);
    await expect(Array.fromAsync(rows)).rejects.toThrow(
      'a.jsonl  the files changed after the run was planned: other types or names of n, m. Run again.',
    );
  });

  it('stop coming when the run is cancelled', async () => {
    const folder = await folderWith({ 'a.jsonl': lines('{"id":1}', '{"id":2}') });
    const params = importTable.params.parse({ path: 'a.jsonl' });
    const cancelled = new AbortController();
    const seen: string[] = [];
    const read = async () => {
      for await (const { id } of importTable.rows!(params, folder, {}, cancelled.signal)) {
        seen.push(id);
        cancelled.abort(new Error('cancelled'));
      }
    };
    await expect(read()).rejects.toThrow('cancelled');
    expect(seen).toEqual(['1']);
  });
});

describe('paths', () => {
  it('stay below the folder of dataset.yaml', async () => {
    const outside = await folderWith({ 'secret.csv': lines('id', '1') });
    const folder = await folderWith({ 'in.csv': lines('id', '1') });
    await symlink(join(outside, 'secret.csv'), join(folder, 'link.csv'));
    await symlink(outside, join(folder, 'linked'));
    await symlink(join(folder, 'in.csv'), join(folder, 'inner.csv'));
    await expect(imported(folder, { path: 'link.csv' })).rejects.toThrow(
      'link.csv is a link out of the folder of dataset.yaml',
    );
    await expect(imported(folder, { path: 'linked/*.csv' })).rejects.toThrow(
      'linked/secret.csv is a link out of the folder',
    );
    expect((await imported(folder, { path: 'inner.csv' })).rows).toHaveLength(1);
  });

  it.each([
    ['/etc/*.csv', 'found an absolute path; expected one relative to dataset.yaml'],
    ['C:/a.csv', 'found an absolute path'],
    ['../a.csv', 'found ".."; expected a path below the folder of dataset.yaml'],
    ['a/../../b.csv', 'found ".."'],
    ['s3://bucket/a.csv', 'found a URL'],
    ['a\\b.csv', 'found a backslash'],
  ])('such as %s are refused before anything is read', (path, message) => {
    for (const declared of [path, ['a.csv', path]])
      expect(JSON.stringify(importTable.params.safeParse({ path: declared }).error?.issues)).toContain(
        JSON.stringify(message).slice(1, -1),
      );
  });

  it('that match nothing, or nothing that can be imported, are errors', async () => {
    const folder = await folderWith({ 'a.json': '[]', '[x].csv': lines('id', '1') });
    await expect(imported(folder, { path: 'b/*.csv' })).rejects.toThrow('path b/*.csv matches no file');
    await expect(imported(folder, { path: 'a.json' })).rejects.toThrow("a.json: its ending doesn't say what it is");
    expect((await imported(folder, { path: '[x].csv' })).rows).toHaveLength(1);
    expect(
      (await imported(await folderWith({ 'a.json': lines('{"id":1}') }), { path: 'a.json', format: 'jsonl' })).rows,
    ).toHaveLength(1);
  });
});

describe('the fingerprint', () => {
  const tools = async (folder: string): Promise<OutsideTools> => ({
    folder,
    cacheFolder: await temporaryFolder(),
    buckets: { open: () => Promise.reject(new Error('no bucket is opened')) },
  });

  it('depends on the names and contents of the files, and on nothing else of them', async () => {
    const folder = await folderWith({ 'a.csv': lines('id', '1'), 'b.csv': lines('id', '2') });
    const params = importTable.params.parse({ path: '*.csv' });
    const fingerprint = async () => importTable.outside!.fingerprint(params, await tools(folder));
    const before = await fingerprint();
    expect(before).toBe('sha256:978417c3b2d3e84072844113aa8b750b084df513b0618f5c62982a58d4931299');
    await utimes(join(folder, 'a.csv'), 1, 1);
    await link(join(folder, 'a.csv'), join(folder, 'a'));
    await rename(join(folder, 'a'), join(folder, 'a.csv'));
    expect(await fingerprint()).toBe(before);
    await rename(join(folder, 'b.csv'), join(folder, 'c.csv'));
    const renamed = await fingerprint();
    await writeFile(join(folder, 'c.csv'), lines('id', '3'));
    const changed = await fingerprint();
    expect(new Set([before, renamed, changed]).size).toBe(3);
  });
});
