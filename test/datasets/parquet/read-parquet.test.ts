import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { int64, text } from '../../../datasets/column-type.ts';
import { type Database, openDatabase } from '../../../datasets/parquet/database.ts';
import { readParquet, UnreadableParquetError } from '../../../datasets/parquet/read-parquet.ts';
import { writeParquet } from '../../../datasets/parquet/write-parquet.ts';
import { temporaryFolder } from './temporary-folder.ts';

let database: Database;
beforeAll(async () => (database = await openDatabase({ threads: 2 })));
afterAll(() => database.close());

const COLUMNS = { id: text(), n: int64() };
const file = async (folder: string, name: string, rows: number, from = 0) => {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(
    path,
    await writeParquet(
      COLUMNS,
      Array.from({ length: rows }, (_, index) => ({ id: `${from + index}`, n: BigInt(from + index) })),
    ),
  );
  return path;
};

it('reads files in the given order and rows in the order of the file', async () => {
  const folder = await temporaryFolder();
  const paths = [
    await file(folder, 'b.parquet', 5000, 5000),
    await file(folder, 'a.parquet', 5000),
    await file(folder, 'none.parquet', 0),
  ];
  const ids = (await readParquet(database, paths, { id: text() })).map(({ id }) => Number(id));
  expect(ids).toEqual([
    ...Array.from({ length: 5000 }, (_, index) => 5000 + index),
    ...Array.from({ length: 5000 }, (_, index) => index),
  ]);
});

it('reads just the columns and the rows that are asked for', async () => {
  const path = await file(await temporaryFolder(), 'a.parquet', 10);
  expect(await readParquet(database, path, { n: int64() }, { at: [7, 2] })).toEqual([{ n: 2n }, { n: 7n }]);
  expect(await readParquet(database, path, COLUMNS, { at: [] })).toEqual([]);
  expect(await readParquet(database, [], COLUMNS)).toEqual([]);
});

it.each(['a[1]*.parquet', "it's {x}?.parquet", 'year=2022/a.parquet', 'ñ 😀.parquet'])(
  'reads a file called %s and no other',
  async (name) => {
    const folder = await temporaryFolder();
    await file(folder, 'a1.parquet', 3);
    const path = await file(folder, name, 1, 42);
    expect(await readParquet(database, path, COLUMNS)).toEqual([{ id: '42', n: 42n }]);
  },
);

it('says which file can not be read, and why', async () => {
  const folder = await temporaryFolder();
  const path = await file(folder, 'a.parquet', 1);
  await expect(readParquet(database, path, { id: text(), label: text() })).rejects.toThrow(
    `${path} can't be read as Parquet with the columns id, label: Binder Error: Referenced column "label" not found`,
  );
  const other = join(folder, 'other.parquet');
  await writeFile(other, 'id,n\n1,2\n');
  await expect(readParquet(database, other, COLUMNS)).rejects.toThrow(UnreadableParquetError);
  await expect(readParquet(database, join(folder, 'none.parquet'), COLUMNS)).rejects.toThrow('No files found');
});

it('quotes names that SQL would understand otherwise', async () => {
  const columns = { 'a"b': text(), select: text(), "it's; drop": text() };
  const path = join(await temporaryFolder(), 'a.parquet');
  await writeFile(path, await writeParquet(columns, [{ 'a"b': '1', select: '2', "it's; drop": '3' }]));
  expect(await readParquet(database, path, columns)).toEqual([{ 'a"b': '1', select: '2', "it's; drop": '3' }]);
  await expect(readParquet(database, path, { 'a\0b': text() })).rejects.toThrow('NUL');
});

it('answers while another result is being streamed', async () => {
  const path = await file(await temporaryFolder(), 'a.parquet', 5000);
  let streamed = 0;
  for await (const rows of database.stream(`SELECT n FROM read_parquet('${path}') WHERE n >= 10`)) {
    streamed += rows.length;
    expect(await readParquet(database, path, COLUMNS, { at: [0] })).toEqual([{ id: '0', n: 0n }]);
  }
  expect(streamed).toBe(4990);
});

it('loads nothing from the network', async () => {
  await expect(database.rows(`SELECT * FROM read_csv('https://127.0.0.1:1/a.csv')`)).rejects.toThrow('httpfs');
  expect(await database.rows(`SELECT value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions'`)).toEqual([
    { value: 'false' },
    { value: 'false' },
  ]);
});
