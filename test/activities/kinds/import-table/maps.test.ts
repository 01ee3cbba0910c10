import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importTable } from '../../../../activities/kinds/import-table.ts';
import { mappedTypes } from '../../../../activities/kinds/import-table/map-rows.ts';
import { tableMaps } from '../../../../activities/kinds/import-table/maps/index.ts';
import { GettokError } from '../../../../manifests/gettok-error.ts';
import { temporaryFolder } from '../../../datasets/parquet/temporary-folder.ts';
import { column, imported } from './imported.ts';

/** Made after the formats that the maps name, with persons that don't exist. Each has its rows beside it. */
const folder = join(import.meta.dirname, 'maps');
const badFolder = join(import.meta.dirname, 'maps-bad');
const exports = (from: string) => readdirSync(from).filter((name) => !/\.(txt|rows\.json)$/.test(name));
const mapOf = (file: string) => [...tableMaps.keys()].find((map) => file.startsWith(map))!;
const written = (value: unknown) =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? JSON.rawJSON(String(item)) : item), 2);

it.each(exports(folder))('makes of %s the rows beside it', async (name) => {
  const table = await imported(folder, { path: name, map: mapOf(name) });
  await expect(`${written(table)}\n`).toMatchFileSnapshot(join(folder, `${name}.rows.json`));
});

it.each(exports(badFolder))('says what is wrong with %s', async (name) => {
  const message = await imported(badFolder, { path: name, map: mapOf(name) }).then(
    () => 'nothing',
    (error: unknown) => (error instanceof GettokError ? error.message : String(error)),
  );
  await expect(`${message}\n`).toMatchFileSnapshot(join(badFolder, `${name}.txt`));
});

it('makes the same columns of a post, whether it comes from Zeeschuimer or went through 4CAT', async () => {
  const [direct, through, csv] = await Promise.all(
    ['zeeschuimer-tiktok.ndjson', '4cat-tiktok.ndjson', '4cat-tiktok.csv'].map((name) =>
      imported(folder, { path: name, map: mapOf(name) }),
    ),
  );
  expect(through!.columns).toEqual(direct!.columns);
  const values = ({ rows }: typeof through & {}, names: readonly string[]) =>
    rows.map(({ id, values: all }) => [id, ...names.map((name) => all[name] || null)]);
  const shared = Object.keys(csv!.columns).filter((name) => name in direct!.columns && name !== 'times_seen');
  expect(shared).toHaveLength(28);
  expect(values(csv!, shared)).toEqual(values(direct!, shared));
  expect(values(through!, shared)).toEqual(values(direct!, shared));
});

it('keeps, of rows with one id, the one observed last, and of those observed at one time the last in the files', async () => {
  const own = await temporaryFolder();
  const line = (plays: number, at: number) =>
    `${JSON.stringify({
      timestamp_collected: at,
      data: { id: '7', createTime: 1, desc: '', stats: { playCount: plays } },
    })}\n`;
  await writeFile(join(own, 'b.ndjson'), line(1, 5000));
  await writeFile(join(own, 'a.ndjson'), line(2, 9000) + line(3, 9999) + line(4, 1000));
  const table = await imported(own, { path: '*.ndjson', map: 'zeeschuimer-tiktok' });
  expect(table.rows.map(({ place }) => place)).toEqual(['a.ndjson:2']);
  expect([column(table, 'view_count'), column(table, 'times_seen')]).toEqual([[3n], [4n]]);
});

it('says once, not for each of its lines, that a file is the export of another program', async () => {
  await expect(imported(folder, { path: 'zeeschuimer-tiktok.ndjson', map: '4cat-tiktok' })).rejects.toThrow(
    /^zeeschuimer-tiktok.ndjson:1  found [^\n]* Map zeeschuimer-tiktok fits: say map: zeeschuimer-tiktok$/,
  );
});

it('lets columns, rename and id speak of the columns that the map makes', async () => {
  const table = await imported(folder, {
    path: 'tiktok-research-api.jsonl',
    map: 'tiktok-research-api',
    id: 'username',
    columns: { view_count: 'text', new_field: 'json', never: 'bool' },
    rename: { id: 'video_id', view_count: 'plays' },
  });
  expect(table.columns).toMatchObject({ video_id: 'text', plays: 'text', new_field: 'text', never: 'bool' });
  expect(table.rows.map(({ id, values }) => [id, values['video_id'], values['plays'], values['new_field']])).toEqual([
    ['ana.ejemplo', '7186652812281523004', '20000', null],
    ['beto_ejemplo', '7202230551288217719', null, '"x"'],
  ]);
  await expect(
    imported(folder, { path: 'pyktok.csv', map: 'pyktok', columns: { video_description: 'int64' } }),
  ).rejects.toThrow('pyktok.csv:2  video_description is "Marcha #peru, hoy", expected int64');
});

it('leaves import without a map as it was: no JSON document, no mapping, the same key', async () => {
  await expect(imported(folder, { path: 'tiktok-research-api.json' })).rejects.toThrow(
    "its ending doesn't say what it is",
  );
  expect(importTable.params.parse({ path: 'a.csv' })).toEqual({ path: 'a.csv', id: 'id', columns: {}, rename: {} });
  const fingerprint = async (map?: string) =>
    importTable.outside!.fingerprint(importTable.params.parse({ path: '4cat-tiktok.csv', map }), {
      folder,
      cacheFolder: await temporaryFolder(),
      buckets: { open: () => Promise.reject(new Error('no bucket is opened')) },
    });
  const all = [await fingerprint(), await fingerprint('4cat-tiktok'), await fingerprint('zeeschuimer-tiktok')];
  expect(new Set(all).size).toBe(3);
});

it('names the maps in the error on another', () => {
  expect(() => importTable.params.parse({ path: 'a.csv', map: '4cat' })).toThrow(
    [...tableMaps.keys()].map((name) => `\\"${name}\\"`).join('|'),
  );
});

describe('docs/imports.md', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../../docs/imports.md'), 'utf8');

  it.each([...tableMaps.values()])('says of map $name what it reads and every column that it makes', (map) => {
    expect(page).toContain(`map: ${map.name}`);
    const columns = new Set((['csv', 'json'] as const).flatMap((form) => [...mappedTypes(map, form).keys()]));
    expect([...columns].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('has declarations that are valid', () => {
    const steps = [...page.matchAll(/with: (\{ path: .* \}) \}/g)].map(([, yaml]) => parse(yaml!) as unknown);
    expect(steps.length).toBeGreaterThan(tableMaps.size);
    for (const step of steps) expect(importTable.params.safeParse(step).error).toBeUndefined();
  });
});
