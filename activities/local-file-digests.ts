import { randomUUID } from 'node:crypto';
import { type BigIntStats, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pMap from 'p-map';
import { digestOfFile } from '../manifests/blob-store.ts';
import { type Digest, hexOf, isDigest, sha256 } from '../manifests/digest.ts';

/** Digests of the files below one folder, remembered on disk: a file whose stat is unchanged isn't read again. */
export interface LocalFileDigests {
  /** In the order of the paths (relative to the folder, links resolved); null for what is no regular file. */
  of(paths: readonly string[]): Promise<(Digest | null)[]>;
}

/** `stamp` is all of a stat that tells one content from another. */
interface Known {
  readonly stamp: string;
  readonly digest: Digest;
}

/** A file changed this recently may change again within the same tick of its file system's clock. */
const RACY_MS = 2000;
const HASHED_AT_ONCE = 4;
/** Stats are fast and synchronous; other work gets its turn after this many. */
const STATS_IN_A_ROW = 1000;
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
  let reading: Promise<Map<string, Known>> | undefined;

  async function digestsOf(paths: readonly string[]): Promise<(Digest | null)[]> {
    const known = await (reading ??= readKnown(file));
    const found: (Digest | null)[] = [];
    const unknown: number[] = [];
    for (const [index, path] of paths.entries()) {
      if (index % STATS_IN_A_ROW === STATS_IN_A_ROW - 1) await setImmediate();
      const stats = statOf(join(folder, path));
      const remembered = known.get(path);
      const same = stats !== null && remembered?.stamp === stampOf(stats);
      found.push(same ? remembered.digest : null);
      if (stats !== null && !same) unknown.push(index);
    }
    let remembered = 0;
    const hash = async (index: number) => {
      const path = paths[index]!;
      const { digest, stamp } = await hashUndisturbed(join(folder, path), now);
      found[index] = digest;
      if (digest === null || stamp === null) return;
      known.set(path, { stamp, digest });
      remembered += 1;
    };
    await pMap(unknown, hash, { concurrency: HASHED_AT_ONCE });
    if (remembered > 0) await writeKnown(file, known);
    return found;
  }

  return { of: digestsOf };
}

/** `stamp` is null when the file is too young for its stat to be trusted. */
async function hashUndisturbed(path: string, now: () => number): Promise<{ digest: Digest | null; stamp: string | null }> {
  for (;;) {
    const time = now();
    const before = statOf(path);
    if (before === null) return { digest: null, stamp: null };
    const digest = await digestOfFile(path);
    const after = statOf(path);
    if (after !== null && stampOf(after) !== stampOf(before)) continue;
    return { digest, stamp: after === null || isRacy(before, time) ? null : stampOf(before) };
  }
}

const isRacy = ({ mtimeMs, ctimeMs }: BigIntStats, time: number): boolean =>
  Math.abs(time - Number(mtimeMs)) < RACY_MS || time - Number(ctimeMs) < RACY_MS;

/** The time of the inode's change can't be set back, as that of the content can (`touch -d`, `cp -p`, `rsync -t`). */
const stampOf = ({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string => `${size} ${mtimeNs} ${ctimeNs} ${ino}`;

function statOf(path: string): BigIntStats | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.isFile() ? stats : null;
}

/** Only a cache: whatever is wrong with it, the files are read again. */
async function readKnown(file: string): Promise<Map<string, Known>> {
  try {
    const { format, files } = JSON.parse(await readFile(file, 'utf8')) as { format: unknown; files: [unknown, unknown, unknown][] };
    if (format !== FORMAT) return new Map();
    return new Map(
      files.flatMap(([path, stamp, digest]) =>
        typeof path === 'string' && typeof stamp === 'string' && isDigest(digest) ? [[path, { stamp, digest }]] : [],
      ),
    );
  } catch {
    return new Map();
  }
}

async function writeKnown(file: string, known: ReadonlyMap<string, Known>): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  const files = [...known].map(([path, { stamp, digest }]) => [path, stamp, digest]);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(partial, JSON.stringify({ format: FORMAT, files }));
    await rename(partial, file);
  } catch {
    // A full disk costs a second reading of the files, not the run.
    await rm(partial, { force: true });
  }
}
