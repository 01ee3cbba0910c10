import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { type BlobStore, blobKey, digestOfFile } from '../../manifests/blob-store.ts';
import { type Digest, hexOf, sha256 } from '../../manifests/digest.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { RowReader } from '../parquet/database.ts';
import { isKind, listBucket } from '../garbage/bucket-listing.ts';
import { rootOf } from './check-root.ts';
import type { Damage, Problem } from './damage.ts';
import { findSufferers } from './find-sufferers.ts';
import { mediaOfTables } from './media-of-tables.ts';
import { type NamedTable, namedObjects, tableKey } from './named-objects.ts';
import { reasonOf, walkVersions } from './walk-versions.ts';

export interface FsckTools {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly database: RowReader;
  readonly scratchFolder: string;
}

export interface FsckOptions {
  /** Only what the refs of this dataset lead to. */
  readonly dataset: string | null;
  /** Reads every object and computes every root, not only whether it is there. */
  readonly full: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface FsckReport {
  readonly refs: number;
  readonly versions: number;
  readonly objects: number;
  readonly byteLength: number;
  readonly damages: readonly Damage[];
}

const EMPTY = sha256('');

/** Looks whether everything that refs lead to is there, and with `full` whether it is what it was. */
export async function findDamage(tools: FsckTools, { dataset, full, onProgress }: FsckOptions): Promise<FsckReport> {
  const { store, scratchFolder } = tools;
  const listed = await listBucket(store);
  const there = new Map(listed.filter(isKind('object')).map(({ digest, byteLength }) => [digest, byteLength]));
  const withdrawn = new Set(listed.filter(isKind('withdrawal')).map(({ digest }) => digest));
  const refs = listed.filter(isKind('ref')).filter((ref) => dataset === null || ref.dataset === dataset);

  const objects = new Set<Digest>();
  const tables = new Map<string, NamedTable>();
  const walked = await walkVersions(store, refs, (_version, manifest) => {
    const named = namedObjects(manifest);
    for (const { digest } of named.objects) objects.add(digest);
    for (const table of named.tables) tables.set(tableKey(table), table);
  });
  const { media, unreadable } = await mediaOfTables(tools, [...tables.values()], there);
  for (const digest of media) objects.add(digest);

  const problems = new Map<Digest, Problem>(unreadable);
  for (const digest of objects) {
    const byteLength = there.get(digest);
    // What was withdrawn is meant to be gone; what a run has stored since the bucket was listed is there.
    if (byteLength === undefined && !withdrawn.has(digest) && !(await store.has(blobKey(digest))))
      problems.set(digest, { kind: 'missing object', reason: 'it is not in the bucket' });
    if (byteLength === 0 && digest !== EMPTY) problems.set(digest, { kind: 'altered object', reason: 'it is empty' });
  }
  const roots = new Map<string, Problem>();
  if (full) {
    const toRead = [...objects].filter((digest) => there.has(digest) && !problems.has(digest));
    const toProve = [...tables.values()].filter(({ values }) => !withdrawn.has(values));
    let done = 0;
    const tell = () => onProgress?.((done += 1), toRead.length + toProve.length);
    await pMap(
      toRead,
      async (digest) => {
        const problem = await readObject(store, digest, scratchFolder);
        if (problem) problems.set(digest, problem);
        tell();
      },
      { concurrency: 4 },
    );
    await pMap(
      toProve,
      async (table) => {
        const isWhole = [table.values, table.salts].every((digest) => digest !== null && !problems.has(digest));
        const problem = isWhole && (await proveRoot(tools, table));
        if (problem) roots.set(tableKey(table), problem);
        tell();
      },
      { concurrency: 2 },
    );
  }
  return {
    refs: refs.length,
    versions: walked.versions.size,
    objects: objects.size,
    byteLength: [...objects].reduce((sum, digest) => sum + (there.get(digest) ?? 0), 0),
    damages: [...walked.damages, ...(await findSufferers(tools, walked, problems, roots))],
  };
}

async function readObject(store: ObjectStore, digest: Digest, folder: string): Promise<Problem | null> {
  const path = join(folder, hexOf(digest));
  try {
    if (!(await store.getToFile(blobKey(digest), path)))
      return { kind: 'missing object', reason: 'it is not in the bucket' };
    const actual = await digestOfFile(path);
    return actual === digest ? null : { kind: 'altered object', reason: `its bytes are ${actual}` };
  } finally {
    await unlink(path).catch(() => {});
  }
}

async function proveRoot({ blobs, database }: FsckTools, table: NamedTable): Promise<Problem | null> {
  try {
    const [values, salts] = await Promise.all([blobs.file(table.values), blobs.file(table.salts!)]);
    const root = await rootOf(database, table, { values, salts });
    return root === table.root
      ? null
      : { kind: 'wrong root', reason: `the version says ${table.root}, its rows and salts give ${root}` };
  } catch (error) {
    return { kind: 'unreadable object', reason: reasonOf(error) };
  }
}
