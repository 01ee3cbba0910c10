import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { GettokError } from '../manifests/gettok-error.ts';

/** A folder without a `dataset.yaml`, or with one that doesn't say which dataset it is. */
export class NoDatasetError extends GettokError {
  override readonly name = 'NoDatasetError';
  override readonly wrongUse = true;
}

/** Name of the dataset in a folder, read without checking the rest: to look at versions, the declaration may be broken. */
export async function datasetName(folder: string): Promise<string> {
  const path = join(folder, 'dataset.yaml');
  const text = await readFile(path, 'utf8').catch(() => {
    throw new NoDatasetError(`There is no ${path}. Name the folder of a dataset.yaml, or make one with: gettok init`);
  });
  const name: unknown = (parse(text, { logLevel: 'silent' }) as { dataset?: unknown } | null)?.dataset;
  if (typeof name === 'string' && /^[a-z0-9][a-z0-9-]*$/.test(name)) return name;
  throw new NoDatasetError(`${path} doesn't name its dataset. See what is wrong with: gettok validate ${folder}`);
}

/** For commands whose argument is a version but where a folder is understood too. */
export async function folderOrVersion(argument: string, folder: string): Promise<{ folder: string; at: string }> {
  const isFolder = await stat(join(argument, 'dataset.yaml')).then(
    () => true,
    () => false,
  );
  return isFolder ? { folder: argument, at: 'main' } : { folder, at: argument };
}

/** For commands that work without the declaration: the name of a dataset, or a folder that says it. */
export async function folderOrDataset(argument: string): Promise<string> {
  const isName =
    /^[a-z0-9][a-z0-9-]*$/.test(argument) && !(await stat(join(argument, 'dataset.yaml')).catch(() => null));
  return isName ? argument : datasetName(argument);
}
