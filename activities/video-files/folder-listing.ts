import { realpathSync, type Stats, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { idAt, type PatternWalk } from './video-pattern.ts';

export interface ListedVideo {
  readonly id: string;
  /** Relative to the dataset's folder, `/` between its segments. */
  readonly name: string;
  /** The same with its links resolved; null when that leads out of the dataset's folder. */
  readonly real: string | null;
}

/** Every file that a pattern can match, in no particular order. Folders and links that lead nowhere are no files. */
export async function listVideos(root: string, { fixed, names }: PatternWalk): Promise<ListedVideo[]> {
  const videos: ListedVideo[] = [];
  await lookInto(fixed.join('/'), []);
  return videos;

  async function lookInto(folder: string, matched: readonly string[]): Promise<void> {
    const real = realBelow(root, folder);
    // A folder that leads out is refused, and with it all of its files.
    if (real === undefined || real === null || !statBelow(root, real)?.isDirectory()) return;
    for (const entry of await readdir(join(root, real), { withFileTypes: true })) {
      const path = [...matched, entry.name];
      const id = idAt(names, path);
      if (id === null) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path.length < names.length) await lookInto(name, path);
      else if (entry.isFile()) videos.push({ id, name, real: join(real, entry.name) });
      else if (entry.isSymbolicLink()) addLinked(id, name);
    }
  }

  function addLinked(id: string, name: string): void {
    const real = realBelow(root, name);
    if (real === undefined) return;
    if (real === null || statBelow(root, real)?.isFile()) videos.push({ id, name, real });
  }
}

/** Where a path below `root` (itself without links) leads; null when out of `root`, undefined when nowhere. */
export function realBelow(root: string, path: string): string | null | undefined {
  const target = unlessAbsent(() => realpathSync.native(join(root, path)));
  if (target === undefined) return undefined;
  const real = relative(root, target);
  return real === '..' || real.startsWith(`..${sep}`) || join(root, real) !== target ? null : real;
}

export const statBelow = (root: string, real: string): Stats | undefined =>
  unlessAbsent(() => statSync(join(root, real)));

/** Undefined for a path that isn't there, whose parent is a file, or whose links go round in a circle. */
function unlessAbsent<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}
