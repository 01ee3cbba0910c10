import { glob, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { GettokError } from '../../../manifests/gettok-error.ts';

/** `json`, a file that is one JSON document, is only read with a map, which says where the rows are in it. */
export type TableFormat = 'csv' | 'jsonl' | 'json' | 'parquet';

export interface TableFile {
  /** Relative to the folder of `dataset.yaml`, as it was found. */
  readonly name: string;
  /** The same with links resolved. */
  readonly realName: string;
  /** Absolute, links resolved. */
  readonly path: string;
  readonly format: TableFormat;
  readonly gzip: boolean;
}

/** A `path` that names no file that may be imported. */
export class TableFilesError extends GettokError {
  override readonly name = 'TableFilesError';
}

const FORMATS: readonly [ending: RegExp, format: TableFormat][] = [
  [/\.(csv|tsv|tab)(\.gz)?$/i, 'csv'],
  [/\.(jsonl|ndjson)(\.gz)?$/i, 'jsonl'],
  [/\.parquet$/i, 'parquet'],
];
const DOCUMENT = /\.json(\.gz)?$/i;

/** Files that the patterns match below `folder`, sorted by name, all of one format. `documents`: `.json` is one of them. */
export async function findTableFiles(
  folder: string,
  patterns: readonly string[],
  declared: TableFormat | undefined,
  documents = false,
): Promise<TableFile[]> {
  const root = await realpath(folder);
  const names = new Set<string>();
  for (const pattern of patterns) {
    const matches = await matchesOf(root, pattern);
    if (matches.length === 0)
      throw new TableFilesError(
        `path ${pattern} matches no file. It is relative to the folder of dataset.yaml; see what is there.`,
      );
    for (const name of matches) names.add(name);
  }
  const files = await Promise.all([...names].toSorted().map((name) => tableFile(root, name, declared, documents)));
  const [first] = files;
  const other = files.find(({ format }) => format !== first!.format);
  if (other)
    throw new TableFilesError(
      `path matches files of two formats, ${first!.name} and ${other.name}. Import them by two steps of two datasets, or convert one.`,
    );
  return files;
}

async function matchesOf(root: string, pattern: string): Promise<string[]> {
  // A name such as `[2022].csv` would be a pattern that doesn't match itself.
  if (await isFile(join(root, pattern))) return [pattern];
  const matches: string[] = [];
  for await (const name of glob(pattern, { cwd: root }))
    if (await isFile(join(root, name))) matches.push(name.split(sep).join('/'));
  return matches;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );

async function tableFile(
  root: string,
  name: string,
  declared: TableFormat | undefined,
  documents: boolean,
): Promise<TableFile> {
  const path = await realpath(join(root, name));
  const realName = relative(root, path);
  if (realName === '..' || realName.startsWith(`..${sep}`))
    throw new TableFilesError(
      `${name} is a link out of the folder of dataset.yaml. Put the file, or a hard link to it, there.`,
    );
  const found = declared ?? FORMATS.find(([ending]) => ending.test(name))?.[1];
  const format = found ?? (documents && DOCUMENT.test(name) ? 'json' : undefined);
  if (!format)
    throw new TableFilesError(
      `${name}: its ending doesn't say what it is (.csv, .tsv, .jsonl, .ndjson or .parquet). Say it by format: csv, jsonl or parquet.`,
    );
  return { name, realName, path, format, gzip: /\.gz$/i.test(name) };
}

/** What makes a declared path unusable before anything is looked at, or null. */
export function faultOfPath(path: string): string | null {
  if (/^([/\\]|[a-z]:)/i.test(path)) return 'found an absolute path; expected one relative to dataset.yaml';
  if (path.includes('://')) return 'found a URL; expected a path relative to dataset.yaml';
  if (path.split('/').includes('..')) return 'found ".."; expected a path below the folder of dataset.yaml';
  if (/[\\\p{Cc}]/u.test(path)) return 'found a backslash or a control character; expected a path with "/"';
  return null;
}
