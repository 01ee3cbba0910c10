import { randomUUID } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pMap from 'p-map';
import { digestOfFile } from '../manifests/blob-store.ts';
import { type Digest, hexOf, isDigest, sha256 } from '../manifests/digest.ts';

/** Digests of the files below one folder, remembered on disk: a file whose stat is unchanged isn't read again. */
export interface LocalFileDigests {
  /** In the order of the paths (relative to the folder, links resolved); null for what is no regular file. */
  of(paths: readonly string[]): Promise<(Digest | null)[]>;
}

/**
 * All of a stat that tells one content from another. Times are to a quarter of a microsecond. That of the inode's change
 * can't be set back, as that of the content can (`touch -d`, `cp -p`, `rsync -t`).
 */
type Stamp = Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino'>;

interface Known extends Stamp {
  readonly digest: Digest;
}

/** A file changed this recently may change again within the same tick of its file system's clock. */
const RACY_MS = 2000;
const HASHED_AT_ONCE = 4;
/** Stats are fast and synchronous; other work gets its turn after this many. */
const STATS_IN_A_ROW = 1000;
/** Files asked for one by one are saved in groups: the cache is written as a whole. */
const SAVED_AFTER = 500;
const FORMAT = 'gettok file digests 1';

const opened = new Map<string, LocalFileDigests>();

/** One instance a folder in this process, so that its cache file is read once. */
export function localFileDigests(folder: string, cacheFolder: string, now: () => number = Date.now): LocalFileDigests {
  const key = `${cacheFolder}\0${folder}`;
  const digests = opened.get(key) ?? openDigests(folder, cacheFile(folder, cacheFolder), now);
  opened.set(key, digests);
  return digests;
}

export const cacheFile = (folder: string, cacheFolder: string): string =>
  join(cacheFolder, 'file-digests', `${hexOf(sha256(folder)).slice(0, 32)}.json`);

export function openDigests(folder: string, file: string, now: () => number): LocalFileDigests {
  const known = new Map<string, Known>();
  let read: number | null = null;
  let unsaved = 0;

  /** Takes in what the cache file says; also what another process wrote there since. */
  async function readCache(): Promise<void> {
    const written = statOf(file)?.mtimeMs ?? null;
    if (written === null || written === read) return;
    read = written;
    for (const [path, remembered] of await readKnown(file)) known.set(path, remembered);
  }

  /** Fills in what is known by its stat, and gives the places of the others. */
  async function look(paths: readonly string[], places: Iterable<number>, found: (Digest | null)[]): Promise<number[]> {
    const others: number[] = [];
    let looked = 0;
    for (const place of places) {
      if (++looked % STATS_IN_A_ROW === 0) await setImmediate();
      const stats = statOf(`${folder}${sep}${paths[place]!}`);
      const remembered = known.get(paths[place]!);
      if (stats !== null && remembered !== undefined && isSame(stats, remembered)) found[place] = remembered.digest;
      else if (stats !== null) others.push(place);
    }
    return others;
  }

  async function remember(path: string): Promise<Digest | null> {
    const { digest, stamp } = await hashUndisturbed(join(folder, path), now);
    if (digest !== null && stamp !== null) {
      const { size, mtimeMs, ctimeMs, ino } = stamp;
      known.set(path, { size, mtimeMs, ctimeMs, ino, digest });
      unsaved += 1;
    }
    return digest;
  }

  return {
    async of(paths) {
      const found: (Digest | null)[] = Array.from(paths, () => null);
      let unknown = await look(paths, paths.keys(), found);
      if (unknown.length === 0) return found;
      await readCache();
      unknown = await look(paths, unknown, found);
      const hash = async (place: number) => (found[place] = await remember(paths[place]!));
      await pMap(unknown, hash, { concurrency: HASHED_AT_ONCE });
      if (unsaved >= (paths.length === 1 ? SAVED_AFTER : 1)) {
        unsaved = 0;
        await writeKnown(file, known);
        read = statOf(file)?.mtimeMs ?? null;
      }
      return found;
    },
  };
}

/** `stamp` is null when the file is too young, or too busy, for its stat to be trusted. */
async function hashUndisturbed(
  path: string,
  now: () => number,
): Promise<{ digest: Digest | null; stamp: Stamp | null }> {
  const time = now();
  const before = statOf(path);
  if (before === null) return { digest: null, stamp: null };
  try {
    const digest = await digestOfFile(path);
    const after = statOf(path);
    const trusted = after !== null && isSame(after, before) && !isRacy(before, time);
    return { digest, stamp: trusted ? before : null };
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code)))
      return { digest: null, stamp: null };
    throw error;
  }
}

const isRacy = ({ mtimeMs, ctimeMs }: Stamp, time: number): boolean =>
  Math.abs(time - mtimeMs) < RACY_MS || time - ctimeMs < RACY_MS;

const isSame = (a: Stamp, b: Stamp): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;

function statOf(path: string): Stats | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats : null;
}

/** Only a cache: whatever is wrong with it, the files are read again. */
async function readKnown(file: string): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  try {
    const { format, files } = JSON.parse(await readFile(file, 'utf8')) as {
      format: unknown;
      files: readonly unknown[][];
    };
    if (format !== FORMAT) return known;
    for (const [path, size, mtimeMs, ctimeMs, ino, digest] of files) {
      // A number that is none equals no stat; only what is handed on has to be what it says.
      if (typeof path !== 'string' || !isDigest(digest)) continue;
      known.set(path, { size, mtimeMs, ctimeMs, ino, digest } as Known);
    }
  } catch {
    known.clear();
  }
  return known;
}

async function writeKnown(file: string, known: ReadonlyMap<string, Known>): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  const files = [...known].map(([path, { size, mtimeMs, ctimeMs, ino, digest }]) => [
    path,
    size,
    mtimeMs,
    ctimeMs,
    ino,
    digest,
  ]);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(partial, JSON.stringify({ format: FORMAT, files }));
    await rename(partial, file);
  } catch {
    // A full disk costs a second reading of the files, not the run.
    await rm(partial, { force: true });
  }
}
