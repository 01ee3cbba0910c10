import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { idAt, type PatternWalk } from './video-pattern.ts';

export interface ListedVideo {
  readonly id: string;
  /** Relative to the dataset's folder, `/` between its segments. */
  readonly name: string;
  /** The same with its links resolved; null when that leads out of the dataset's folder. */
  readonly real: string | null;
}

/** Where a path below `root` (itself without links) leads; null when that is out of `root`. Throws as `realpath` does. */
export async function realBelow(root: string, path: string): Promise<string | null> {
  const real = relative(root, await realpath(join(root, path)));
  return real === '' || (real !== '..' && !real.startsWith(`..${sep}`) && !real.startsWith(sep)) ? real : null;
}

/** Every file that a pattern can match, in no particular order. Folders and links that lead nowhere are no files. */
export async function* listVideos(root: string, { fixed, names }: PatternWalk): AsyncIterable<ListedVideo> {
  yield* below(fixed.join('/'), []);

  async function* below(folder: string, matched: readonly string[]): AsyncIterable<ListedVideo> {
    const real = await ignoringAbsence(realBelow(root, folder));
    if (real === undefined) return;
    // A folder that leads out is refused as a whole, and so is each of its files.
    const entries = real === null ? [] : await ignoringAbsence(readdir(join(root, real), { withFileTypes: true }));
    for (const entry of entries ?? []) {
      const path = [...matched, entry.name];
      const id = idAt(names, path);
      if (id === null) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path.length < names.length) yield* below(name, path);
      else if (entry.isFile()) yield { id, name, real: join(real!, entry.name) };
      else if (entry.isSymbolicLink()) yield* linked(entry, id, name);
    }
  }

  async function* linked(entry: Dirent, id: string, name: string): AsyncIterable<ListedVideo> {
    const real = await ignoringAbsence(realBelow(root, name));
    if (real === undefined) return;
    if (real === null || (await stat(join(root, real))).isFile()) yield { id, name, real };
  }
}

/** Undefined for a path that isn't there, or whose parent is a file. */
export async function ignoringAbsence<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}
