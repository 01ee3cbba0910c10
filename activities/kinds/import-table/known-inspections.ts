import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Json } from '../../../manifests/canonical-json.ts';
import { digestOf, hexOf } from '../../../manifests/digest.ts';
import { localFileDigests } from '../../local-file-digests.ts';
import { declaredType, type FieldType, toFieldType } from './field-type.ts';
import { inspectTable, type TableColumn, type TableRequest } from './inspect-table.ts';
import type { TableFile } from './table-files.ts';

/** Raised when the same files give other columns. */
const FORMAT = 1;
const MOST_KNOWN = 50;

const inMemory = new Map<string, Promise<readonly TableColumn[]>>();

/** What `inspectTable` says, read from the files once a process, and with a cache folder once until they change. */
export async function knownInspection(
  root: string,
  files: readonly TableFile[],
  request: TableRequest,
  cacheFolder: string | undefined,
): Promise<readonly TableColumn[]> {
  const key = JSON.stringify([requestJson(request), await Promise.all(files.map(stampOf))]);
  const known = inMemory.get(key);
  if (known) return known;
  const found = cacheFolder === undefined ? inspectTable(files, request) : onDisk(root, files, request, cacheFolder);
  inMemory.set(key, found);
  if (inMemory.size > MOST_KNOWN) inMemory.delete(inMemory.keys().next().value!);
  // What was wrong may be mended without a trace in the stamps.
  found.catch(() => inMemory.delete(key));
  return found;
}

async function stampOf({ name, path }: TableFile): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
  return `${name} ${size} ${mtimeNs} ${ctimeNs} ${ino}`;
}

const requestJson = ({ id, map, delimiter, types, rename: names }: TableRequest): Json => ({
  id,
  ...(map && { map: [map.name, map.revision] }),
  delimiter: delimiter ?? null,
  types: Object.fromEntries([...types].map(([name, type]) => [name, written(type)])),
  rename: Object.fromEntries(names),
});

/** A type in the form in which it is declared. */
const written = (type: FieldType): Json => (typeof type === 'string' ? type : [type.list]);

const stored = z.array(z.object({ from: z.string(), name: z.string(), type: declaredType.transform(toFieldType) }));

async function onDisk(
  root: string,
  files: readonly TableFile[],
  request: TableRequest,
  cacheFolder: string,
): Promise<readonly TableColumn[]> {
  const digests = await localFileDigests(root, cacheFolder).of(files.map(({ realName }) => realName));
  const contents = files.map(({ name, format, gzip }, index) => [name, format, gzip, digests[index]!]);
  const path = join(
    cacheFolder,
    'inspections',
    `${hexOf(digestOf('outside', [FORMAT, requestJson(request), contents]))}.json`,
  );
  const before = await readFile(path, 'utf8').then(parseStored, () => null);
  if (before) return before;
  const columns = await inspectTable(files, request);
  await store(path, JSON.stringify(columns.map((column) => ({ ...column, type: written(column.type) }))));
  return columns;
}

/** Only a cache: whatever is wrong with it, the files are read again. */
function parseStored(text: string): readonly TableColumn[] | null {
  try {
    return stored.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

async function store(path: string, text: string): Promise<void> {
  const partial = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, text);
    await rename(partial, path);
  } catch {
    // A full disk costs a second reading of the files, not the run.
  }
}
