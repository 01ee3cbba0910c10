import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importTable } from '../../../../activities/kinds/import-table.ts';
import { tableMaps } from '../../../../activities/kinds/import-table/maps/index.ts';
import { GettokError } from '../../../../manifests/gettok-error.ts';
import { temporaryFolder } from '../../../datasets/parquet/temporary-folder.ts';
import { column, imported } from './imported.ts';

/** Made after the formats that the maps name, with persons that don't exist. Each has its rows beside it. */
const folder = join(import.meta.dirname, 'maps');
const badFolder = join(import.meta.dirname, 'maps-bad');
const exports = (from: string) => readdirSync(from).filter((name) => /\.(csv|json|jsonl|ndjson)$/.test(name));
const mapOf = (file: string) => [...tableMaps.keys()].find((map) => file.startsWith(map))!;
/** Names of the golden files, that are no exports themselves. */
const isGolden = (name: string) => name.endsWith('.rows.json');

const written = (value: unknown) =>
  JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === 'bigint' ? JSON.rawJSON(String(item)) : item),
    2,
  );

it.each(exports(folder).filter((name) => !isGolden(name)))('makes of %s the rows beside it', async (name) => {
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
