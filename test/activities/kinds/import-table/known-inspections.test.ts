import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TableRequest } from '../../../../activities/kinds/import-table/inspect-table.ts';
import { knownInspection } from '../../../../activities/kinds/import-table/known-inspections.ts';
import { findTableFiles } from '../../../../activities/kinds/import-table/table-files.ts';
import { temporaryFolder } from '../../../datasets/parquet/temporary-folder.ts';

const REQUEST: TableRequest = { id: 'id', delimiter: undefined, types: new Map(), rename: new Map() };

async function inspection(folder: string, cacheFolder?: string) {
  const files = await findTableFiles(folder, ['a.jsonl'], undefined);
  return knownInspection(folder, files, REQUEST, cacheFolder);
}

/** Another time stamp, so that this process looks beyond its own memory. */
const touch = (folder: string, second: number) => utimes(join(folder, 'a.jsonl'), second, second);

it('is read from the cache folder while the content stays the same', async () => {
  const [folder, cacheFolder] = [await temporaryFolder(), await temporaryFolder()];
  await writeFile(join(folder, 'a.jsonl'), '{"id":1,"n":1,"t":["x"]}\n');
  const columns = [
    { from: 'n', name: 'n', type: 'int64' },
    { from: 't', name: 't', type: { list: 'text' } },
  ];
  expect(await inspection(folder, cacheFolder)).toEqual(columns);

  const [name] = await readdir(join(cacheFolder, 'inspections'));
  const cached = join(cacheFolder, 'inspections', name!);
  await writeFile(cached, '[{"from":"n","name":"from the cache","type":["text"]}]');
  await touch(folder, 1000);
  expect(await inspection(folder, cacheFolder)).toEqual([
    { from: 'n', name: 'from the cache', type: { list: 'text' } },
  ]);

  await writeFile(cached, 'damaged');
  await touch(folder, 2000);
  expect(await inspection(folder, cacheFolder)).toEqual(columns);

  await writeFile(join(folder, 'a.jsonl'), '{"id":1,"n":0.5}\n');
  expect(await inspection(folder, cacheFolder)).toEqual([{ from: 'n', name: 'n', type: 'float64' }]);
});

it('is made anew after an error, and without a cache folder once a process', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.jsonl'), '{"id":1\n');
  await expect(inspection(folder)).rejects.toThrow('a.jsonl:1:8');
  await writeFile(join(folder, 'a.jsonl'), '{"id":1}\n');
  const first = await inspection(folder);
  expect(first).toEqual([]);
  expect(await inspection(folder)).toBe(first);
});
