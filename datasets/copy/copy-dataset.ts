import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { type BlobStore, blobKey, digestOfFile, MissingBlobError } from '../../manifests/blob-store.ts';
import { type Digest, DigestMismatchError, hexOf } from '../../manifests/digest.ts';
import { manifestKey, readManifest } from '../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { RowReader } from '../parquet/database.ts';
import { isKind, listBucket } from '../garbage/bucket-listing.ts';
import { childrenFirst } from '../garbage/children-first.ts';
import { openReach } from '../garbage/reach.ts';
import { compareRefs, type ComparedRef, moveRef } from './compare-refs.ts';

export interface CopySource {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly database: RowReader;
  readonly scratchFolder: string;
}

export interface CopyReport {
  /** Objects that were sent now, of all that the dataset has. */
  readonly sent: number;
  readonly objects: number;
  readonly byteLength: number;
  readonly versions: number;
  readonly refs: readonly ComparedRef[];
}

/**
 * Brings a dataset with its history into another bucket: objects first, then versions from the oldest on, refs last. Broken
 * off, it leaves no ref that leads to nothing; begun anew, it sends what is missing.
 */
export async function copyDataset(
  from: CopySource,
  to: ObjectStore,
  dataset: string,
  onProgress: (sent: number, total: number) => void = () => {},
): Promise<CopyReport> {
  const listed = await listBucket(from.store);
  const refs = await compareRefs(
    from.store,
    to,
    listed.filter(isKind('ref')).filter((ref) => ref.dataset === dataset),
  );
  const withdrawals = listed.filter(isKind('withdrawal'));
  const reach = openReach({ ...from, withdrawals: new Map(withdrawals.map(({ digest, key }) => [digest, key])) });
  for (const { name, version } of refs) await reach.version(version, `${dataset} ${name}`, true);
  await reach.readFiles();

  const lengths = new Map(listed.filter(isKind('object')).map(({ digest, byteLength }) => [digest, byteLength]));
  const withdrawn = new Set(withdrawals.map(({ digest }) => digest));
  const objects = [...reach.objects].filter((digest) => {
    if (lengths.has(digest)) return true;
    if (withdrawn.has(digest)) return false;
    throw new MissingBlobError(digest);
  });
  const there = new Map<string, number>();
  for await (const { key, byteLength } of to.list('objects/')) there.set(key, byteLength);
  const missing = objects.filter((digest) => there.get(blobKey(digest)) !== lengths.get(digest));
  let sent = 0;
  await pMap(
    missing,
    async (digest) => {
      await sendObject(from, to, digest);
      onProgress((sent += 1), missing.length);
    },
    { concurrency: 8 },
  );

  for (const { key } of withdrawals.filter((each) => reach.objects.has(each.digest)))
    await sendSmall(from.store, to, key);
  await sendIndex(from.store, to, dataset, listed, reach.objects);
  const versions = await childrenFirst(
    from.store,
    listed.filter(isKind('version')).filter(({ version }) => reach.versions.has(version)),
  );
  // One whose parent isn't there yet would be half a history.
  for (const { version } of versions.toReversed()) await sendVersion(from.store, to, version);
  const moved: ComparedRef[] = [];
  for (const ref of refs) moved.push(await moveRef(to, ref));
  return {
    sent,
    objects: objects.length,
    byteLength: missing.reduce((sum, digest) => sum + lengths.get(digest)!, 0),
    versions: versions.length,
    refs: moved,
  };
}

/** Verified on its way: what was altered here isn't spread. */
async function sendObject({ store, scratchFolder }: CopySource, to: ObjectStore, digest: Digest): Promise<void> {
  const path = join(scratchFolder, hexOf(digest));
  try {
    if (!(await store.getToFile(blobKey(digest), path))) throw new MissingBlobError(digest);
    const actual = await digestOfFile(path);
    if (actual !== digest) throw new DigestMismatchError(blobKey(digest), digest, actual);
    await to.putFile(blobKey(digest), path);
  } finally {
    await unlink(path).catch(() => {});
  }
}

async function sendVersion(from: ObjectStore, to: ObjectStore, version: Digest): Promise<void> {
  if (await to.has(manifestKey(version))) return;
  // An altered one isn't spread.
  await readManifest(from, version);
  await sendSmall(from, to, manifestKey(version));
}

async function sendSmall(from: ObjectStore, to: ObjectStore, key: string): Promise<void> {
  const object = (await to.has(key)) ? null : await from.get(key);
  if (object) await to.putIf(key, object.bytes, 'absent');
}

/** Where cells and answers that were copied are found, so that a run there reuses what a run here would. */
async function sendIndex(
  from: ObjectStore,
  to: ObjectStore,
  dataset: string,
  listed: Awaited<ReturnType<typeof listBucket>>,
  copied: ReadonlySet<Digest>,
): Promise<void> {
  const entries = listed.filter((each) => {
    if (each.kind === 'cells')
      return each.dataset === dataset && copied.has(each.values) && copied.has(each.provenance);
    return each.kind === 'answers' && each.dataset === dataset && copied.has(each.file);
  });
  await pMap(entries, ({ key }) => sendSmall(from, to, key), { concurrency: 8 });
}
