import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
} from '../../../datasets/column-type.ts';
import { InvalidValueError } from '../../../datasets/invalid-value-error.ts';
import { type Database, openDatabase } from '../../../datasets/parquet/database.ts';
import { readParquet } from '../../../datasets/parquet/read-parquet.ts';
import { parquetFiles, quoteText } from '../../../datasets/parquet/sql-text.ts';
import { writeParquet } from '../../../datasets/parquet/write-parquet.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { exact, pyarrowReads } from './pyarrow.ts';
import { temporaryFolder } from './temporary-folder.ts';

type Row = Readonly<Record<string, CellValue>>;

const COLUMNS = {
  id: text(),
  likes: int64(),
  frames: int32(),
  ratio: float32(),
  seconds: float64(),
  checked: bool(),
  hashtags: list(text()),
  counts: list(list(int64())),
  music: struct({ title: text(), ids: list(int32()) }),
  segments: list(struct({ start: float64(), text: text(), words: list(text()) })),
  nothing: text(),
} satisfies Columns;

const EMPTY: Row = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, null]));
const NO_ROW: Row = { ...EMPTY, id: 'null throughout' };

const ROWS: readonly Row[] = [
  {
    ...EMPTY,
    id: '7203311094526659846',
    likes: 2n ** 63n - 1n,
    frames: 2 ** 31 - 1,
    ratio: 0.5,
    seconds: 0.1,
    checked: true,
    hashtags: ['😀', null, '', 'peru'],
    counts: [[1n, null], null, [], [-(2n ** 63n)]],
    music: { title: 'x', ids: null },
    segments: [{ start: 1, text: 'a', words: ['b', null] }, null, { start: null, text: null, words: [] }],
  },
  {
    ...EMPTY,
    id: 'smallest',
    likes: -(2n ** 63n),
    frames: -(2 ** 31),
    ratio: -3.4028234663852886e38,
    seconds: -0,
    checked: false,
  },
  {
    ...EMPTY,
    id: 'above 2^53',
    likes: 9007199254740993n,
    ratio: 1e-3,
    seconds: 5e-324,
    music: { title: null, ids: [] },
  },
  { ...EMPTY, id: 'empty lists', seconds: 1.7976931348623157e308, hashtags: [], counts: [], segments: [] },
  {
    ...EMPTY,
    id: 'lists of null',
    hashtags: [null],
    counts: [null],
    segments: [null],
    music: { title: 'a\0😀', ids: [null] },
  },
  { ...EMPTY, id: 'حموديالباشا\u0000…4 ！x 😀\u{10ffff}\ue000' },
  { ...EMPTY, id: 'long', hashtags: ['ñ'.repeat(70_000), '😀'.repeat(35_000)] },
  NO_ROW,
];

let database: Database;
beforeAll(async () => (database = await openDatabase({ threads: 1 })));
afterAll(() => database.close());

async function written(columns: Columns, rows: readonly Row[], name = 'a.parquet'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, await writeParquet(columns, rows));
  return path;
}

const exactRows = (columns: Columns, rows: readonly Row[]) =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, { arrow }]) => [name, exact(row[name]!, typeToJson(arrow))]),
    ),
  );

describe('a Parquet file', () => {
  it('has the same values for pyarrow and DuckDB as were written, in the same order', async () => {
    const path = await written(COLUMNS, ROWS);
    const expected = exactRows(COLUMNS, ROWS);
    expect(pyarrowReads(path).rows).toEqual(expected);
    expect(exactRows(COLUMNS, await readParquet(database, path, COLUMNS))).toEqual(expected);
  });

  it('has the Parquet types that its Arrow types stand for', async () => {
    expect(pyarrowReads(await written(COLUMNS, ROWS)).schema).toEqual({
      id: 'string',
      likes: 'int64',
      frames: 'int32',
      ratio: 'float',
      seconds: 'double',
      checked: 'bool',
      hashtags: 'list<element: string>',
      counts: 'list<element: list<element: int64>>',
      music: 'struct<title: string, ids: list<element: int32>>',
      segments: 'list<element: struct<start: double, text: string, words: list<element: string>>>',
      nothing: 'string',
    });
  });

  it('has no statistics and no page index, which parquetjs gets wrong', async () => {
    const path = await written(COLUMNS, ROWS);
    expect(pyarrowReads(path)).toMatchObject({ statistics: false, pageIndex: false });
    const statistics = await database.rows(
      `SELECT count(*) AS some FROM parquet_metadata(${quoteText(path)}) WHERE stats_min IS NOT NULL OR stats_max_value IS NOT NULL OR stats_null_count IS NOT NULL`,
    );
    expect(statistics).toEqual([{ some: 0n }]);
  });

  it('lets both find an emoji by equality, among text that UTF-16 sorts otherwise', async () => {
    const hashtags = Array.from({ length: 3000 }, (_, index) =>
      index === 1234 ? '😀' : index % 2 === 0 ? 'abc' : '！x',
    );
    const columns = { id: text(), hashtag: text(), likes: int64() };
    const path = await written(
      columns,
      hashtags.map((hashtag, index) => ({ id: String(index), hashtag, likes: BigInt((index * 7) % 100) })),
    );
    expect(pyarrowReads(path, [['hashtag', '=', '😀']]).rows).toMatchObject([{ id: 's:1234' }]);
    expect(await database.rows(`SELECT id FROM ${parquetFiles([path])} WHERE hashtag = '😀'`)).toEqual([
      { id: '1234' },
    ]);
    expect(await database.rows(`SELECT count(*) AS found FROM ${parquetFiles([path])} WHERE likes = 20`)).toEqual([
      { found: 30n },
    ]);
  });

  it('without rows is read with its columns', async () => {
    const path = await written(COLUMNS, []);
    expect(pyarrowReads(path)).toMatchObject({
      rows: [],
      schema: { likes: 'int64', hashtags: 'list<element: string>' },
    });
    expect(await readParquet(database, path, COLUMNS)).toEqual([]);
  });

  it('with nothing but nulls is read as such', async () => {
    const path = await written(COLUMNS, [NO_ROW, { ...NO_ROW, id: null }]);
    expect(pyarrowReads(path).rows).toEqual(exactRows(COLUMNS, [NO_ROW, { ...NO_ROW, id: null }]));
    expect(await readParquet(database, path, COLUMNS)).toEqual([NO_ROW, { ...NO_ROW, id: null }]);
  });

  it('of many rows is cut into groups by rows and by bytes, and stays whole', async () => {
    const columns = { id: text(), tags: list(text()), transcript: text() };
    const many = Array.from({ length: 9000 }, (_, index) => ({
      id: String(index),
      tags:
        index % 3 === 0 ? null : Array.from({ length: index % 5 }, (_unused, tag) => (tag === 2 ? null : `t${tag}`)),
      transcript: index < 300 ? 'palabra '.repeat(15_000 + index) : null,
    }));
    const path = await written(columns, many);
    const read = pyarrowReads(path);
    expect(read.rowGroups).toEqual([278, 8192, 530]);
    expect(read.rows).toEqual(exactRows(columns, many));
    expect(await readParquet(database, path, columns)).toEqual(many);
  });

  it('is the same bytes for the same rows, today and in the next release', async () => {
    const bytes = await writeParquet(COLUMNS, ROWS, { format: 'test', a: 'b' });
    expect(bytes.equals(await writeParquet(COLUMNS, ROWS, { a: 'b', format: 'test' }))).toBe(true);
    expect(sha256(bytes)).toMatchInlineSnapshot(
      `"sha256:d04b592f07b8742e08558c7005db08cbab93bfbcffe62181d517526abf11a85a"`,
    );
  });

  it('keeps key-value metadata, and says neither when nor where it was written', async () => {
    const path = join(await temporaryFolder(), 'a.parquet');
    await writeFile(path, await writeParquet({ id: text() }, [{ id: '1' }], { step: 'video', ñ: '😀' }));
    expect(pyarrowReads(path)).toMatchObject({ metadata: { step: 'video', ñ: '😀' }, createdBy: '@dsnp/parquetjs' });
  });
});

describe('a value that its column can not hold', () => {
  it.each<[column: string, value: unknown, message: string]>([
    ['likes', 1, 'column likes of row 7 is the number 1, expected a bigint of at most 64 bits (int64)'],
    [
      'likes',
      2n ** 63n,
      'column likes of row 7 is the bigint 9223372036854775808, expected a bigint of at most 64 bits (int64)',
    ],
    ['frames', 1.5, 'column frames of row 7 is the number 1.5, expected a whole number of at most 32 bits (int32)'],
    [
      'frames',
      2 ** 31,
      'column frames of row 7 is the number 2147483648, expected a whole number of at most 32 bits (int32)',
    ],
    ['ratio', 1e39, 'column ratio of row 7 is the number 1e+39, expected a finite number (float32)'],
    ['seconds', Number.NaN, 'column seconds of row 7 is the number NaN, expected a finite number (float64)'],
    ['seconds', -Infinity, 'column seconds of row 7 is the number -Infinity, expected a finite number (float64)'],
    ['checked', 'true', 'column checked of row 7 is the text "true", expected true or false'],
    ['nothing', '\ud800', 'column nothing of row 7 is the text "\\ud800", expected text without lone surrogates'],
    ['nothing', undefined, 'column nothing of row 7 is missing, expected text'],
    ['hashtags', 'a', 'column hashtags of row 7 is the text "a", expected list<text>'],
    ['hashtags', ['a', 1], 'column hashtags[1] of row 7 is the number 1, expected text'],
    ['music', ['a'], 'column music of row 7 is a list of 1, expected struct<title text, ids list<int32>>'],
    ['music', { title: 'a' }, 'column music.ids of row 7 is missing, expected list<int32>'],
    [
      'segments',
      [{ start: 0, text: 'a', words: null, end: 1 }],
      'column segments[0].end of row 7 is the number 1, expected struct<start float64, text text, words list<text>>',
    ],
    [
      'other',
      'a',
      'column other of row 7 is the text "a", expected one of the columns id, likes, frames, ratio, seconds, checked, hashtags, counts, music, segments, nothing',
    ],
  ])('is refused: %s %s', async (column, value, message) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the types rule out
    const row = { ...EMPTY, id: '7', [column]: value } as Row;
    await expect(writeParquet(COLUMNS, [row])).rejects.toThrow(`${message}. Nothing of this file was written`);
    await expect(writeParquet(COLUMNS, [row])).rejects.toThrow(InvalidValueError);
  });

  it('names that parquetjs could not keep apart are refused', async () => {
    const columns = { id: text(), a: struct({ b: text() }), 'a,b': text() };
    await expect(writeParquet(columns, [])).rejects.toThrow(
      'column a,b is a name, expected a name that no other column',
    );
    const prototype = Object.fromEntries([['__proto__', text()]]);
    await expect(writeParquet(prototype, [])).rejects.toThrow('column __proto__ is a name');
  });
});
