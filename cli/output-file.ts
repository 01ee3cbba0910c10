import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { GettokError } from '../manifests/gettok-error.ts';

/** A file that can't be written where it was asked for. */
export class OutputFileError extends GettokError {
  override readonly name = 'OutputFileError';
  override readonly wrongUse = true;
}

/** Throws `OutputFileError` when a file can't be written there, before work is done for it. */
export async function checkOutput(file: string, overwrite: boolean): Promise<void> {
  const path = resolve(file);
  const folder = await stat(dirname(path)).catch(() => null);
  if (!folder?.isDirectory())
    throw new OutputFileError(`${file}: there is no folder ${dirname(path)}. Make it, or write elsewhere.`);
  const present = await stat(path).catch(() => null);
  if (present?.isDirectory()) throw new OutputFileError(`${file} is a folder. Name a file in it.`);
  if (present && !overwrite)
    throw new OutputFileError(`${file} is there already. Choose another name, or overwrite it with --force.`);
}

/** Writes a text; the file appears whole or not at all. */
export async function writeOutput(file: string, text: string): Promise<void> {
  const path = resolve(file);
  const partial = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.partial`);
  try {
    await writeFile(partial, text);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}
