import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { openMinioStore } from '../../../activities/minio-store.ts';
import type { Damage } from '../../../datasets/fsck/damage.ts';
import { findDamage } from '../../../datasets/fsck/find-damage.ts';
import { type Database, openDatabase } from '../../../datasets/parquet/database.ts';
import { blobKey, createBlobStore } from '../../../manifests/blob-store.ts';
import { type Digest, sha256 } from '../../../manifests/digest.ts';
import { encodeManifest, type Manifest, stateDigest } from '../../../manifests/manifest.ts';
import { manifestKey, readManifest, writeManifest } from '../../../manifests/manifest-store.ts';
import { branchKey } from '../../../manifests/refs.ts';
import { BucketModel } from '../garbage/bucket-model.ts';
import { temporaryFolder } from '../parquet/temporary-folder.ts';

let database: Database;
let bucket: BucketModel;
let first: Digest;
let second: Digest;
let manifest: Manifest;

beforeAll(async () => {
  database = await openDatabase({ threads: 1 });
});
afterAll(() => database.close());
beforeEach(async () => {
  const store = await openMinioStore({ ...inject('services').s3, bucket: `fsck-${randomBytes(6).toString('hex')}` });
  bucket = new BucketModel(store, createBlobStore(store, join(await temporaryFolder(), 'cache')));
  first = await bucket.version('peru', null, ['a', 'b'], { from: null, young: false });
  second = await bucket.version('peru', first, ['a', 'c'], { from: null, young: false });
  manifest = await readManifest(store, second);
  await bucket.branch('peru', 'main', second);
  await bucket.tag('peru', 'v1', first);
});

const look = async (full = false, dataset: string | null = null) =>
  findDamage(
    {
      store: bucket.store,
      // As another machine has it: nothing is cached.
      blobs: createBlobStore(bucket.store, join(await temporaryFolder(), 'cache')),
      database,
      scratchFolder: await temporaryFolder(),
    },
    { full, dataset },
  );
const briefly = ({ kind, key, suffers }: Damage) => ({
  kind,
  key,
  suffers: suffers.map(({ version, refs, step, partition }) => [version, refs.join(), step, partition]),
});
const found = async (full = false) => (await look(full)).damages.map(briefly);
const table = () => manifest.state.steps['rows']!.partitions['all']!;
const IN_FIRST = () => [first, 'tags/v1', 'rows', 'all'];
const IN_SECOND = () => [second, 'heads/main', 'rows', 'all'];

it('finds nothing in a whole bucket, nor in one with leftovers of killed runs', async () => {
  await bucket.cells('peru', await bucket.snapshot('rows', ['x'], false), false);
  expect(await look(true)).toMatchObject({ refs: 2, versions: 2, damages: [] });
  expect(await look(true, 'chile')).toMatchObject({ refs: 0, versions: 0, objects: 0, damages: [] });
});

it.each(['values', 'provenance'] as const)('tells which versions suffer from a missing file of %s', async (file) => {
  const key = blobKey(table()[file]);
  await bucket.store.remove([key]);
  expect(await found()).toEqual([{ kind: 'missing object', key, suffers: [IN_SECOND()] }]);
});

it('tells of a missing video under every version whose rows name it, and of one that is empty', async () => {
  const shared = blobKey(sha256('a'));
  const own = blobKey(sha256('b'));
  await bucket.store.remove([shared]);
  await bucket.store.put(own, Buffer.alloc(0));
  expect((await found()).toSorted((a, b) => (a.key === shared ? -1 : b.key === shared ? 1 : 0))).toEqual([
    { kind: 'missing object', key: shared, suffers: [IN_SECOND(), IN_FIRST()] },
    { kind: 'altered object', key: own, suffers: [IN_FIRST()] },
  ]);
});

it('sees altered bytes when it reads them, and only then', async () => {
  const key = blobKey(sha256('c'));
  await bucket.store.put(key, Buffer.from('C'));
  expect(await found()).toEqual([]);
  expect(await found(true)).toEqual([{ kind: 'altered object', key, suffers: [IN_SECOND()] }]);
});

it('tells of an altered table without being stopped by it', async () => {
  const key = blobKey(table().values);
  await bucket.store.put(key, Buffer.from('no table'));
  expect(await found()).toEqual([{ kind: 'altered object', key, suffers: [IN_SECOND()] }]);
});

it('tells of a missing prompt and a missing log', async () => {
  const { collection } = manifest.state.steps['rows']!;
  const keys = [blobKey(sha256('prompt a')), blobKey(collection!.log)];
  await bucket.store.remove(keys);
  const damages = await found();
  expect(damages.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
  expect(damages.find(({ key }) => key === keys[0])!.suffers).toEqual([
    [second, 'heads/main', 'rows', null],
    [first, 'tags/v1', 'rows', null],
  ]);
});

it('tells of a version that is gone, under all that was made from it', async () => {
  await bucket.store.remove([manifestKey(first)]);
  const key = manifestKey(first);
  expect(await found()).toEqual([
    {
      kind: 'missing version',
      key,
      suffers: [
        [first, 'tags/v1', null, null],
        [second, 'heads/main', null, null],
      ],
    },
  ]);
});

it('tells altered versions from those that another program made', async () => {
  const { bytes } = encodeManifest(manifest);
  await bucket.store.put(manifestKey(second), Buffer.from(bytes.toString('utf8').replace('"peru"', '"chad"')));
  const strange = Buffer.from('{"format":"gettok-manifest/9"}');
  await bucket.store.put(manifestKey(sha256(strange)), strange);
  await bucket.branch('peru', 'next', sha256(strange));
  expect((await found()).map(({ kind, key }) => `${kind} ${key}`).toSorted()).toEqual([
    `altered version ${manifestKey(second)}`,
    `undecodable version ${manifestKey(sha256(strange))}`,
  ]);
});

it('tells of a branch that leads to nothing, and of one that can not be read', async () => {
  await bucket.branch('peru', 'dangling', sha256('no version'));
  await bucket.store.put(branchKey('peru', 'broken'), Buffer.from('half a'));
  expect(await found()).toEqual([
    { kind: 'unreadable ref', key: 'refs/peru/heads/broken', suffers: [[null, 'heads/broken', null, null]] },
    {
      kind: 'missing version',
      key: manifestKey(sha256('no version')),
      suffers: [[sha256('no version'), 'heads/dangling', null, null]],
    },
  ]);
});

it('proves Merkle roots from rows and salts', async () => {
  const other = (await readManifest(bucket.store, first)).state.steps['rows']!.partitions['all']!;
  const rows = manifest.state.steps['rows']!;
  const steps = { rows: { ...rows, partitions: { all: { ...table(), root: other.root } } } };
  const version = await writeManifest(bucket.store, {
    ...manifest,
    stateDigest: stateDigest(steps),
    state: { ...manifest.state, steps },
  });
  await bucket.branch('peru', 'main', version);
  expect(await found()).toEqual([]);
  expect(await found(true)).toEqual([
    { kind: 'wrong root', key: blobKey(table().values), suffers: [[version, 'heads/main', 'rows', 'all']] },
  ]);
});
