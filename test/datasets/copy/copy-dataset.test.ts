import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { openMinioStore } from '../../../activities/minio-store.ts';
import { copyDataset } from '../../../datasets/copy/copy-dataset.ts';
import { findDamage } from '../../../datasets/fsck/find-damage.ts';
import { type Database, openDatabase } from '../../../datasets/parquet/database.ts';
import { blobKey, createBlobStore } from '../../../manifests/blob-store.ts';
import { type Digest, DigestMismatchError, sha256 } from '../../../manifests/digest.ts';
import { manifestKey, readManifest } from '../../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import { readBranch, readTag } from '../../../manifests/refs.ts';
import { BucketModel } from '../garbage/bucket-model.ts';
import { temporaryFolder } from '../parquet/temporary-folder.ts';

let database: Database;
let here: BucketModel;
let there: ObjectStore;
let seeds: Digest;
let second: Digest;

const newStore = () => openMinioStore({ ...inject('services').s3, bucket: `copy-${randomBytes(6).toString('hex')}` });
beforeAll(async () => {
  database = await openDatabase({ threads: 1 });
});
afterAll(() => database.close());
beforeEach(async () => {
  const store = await newStore();
  here = new BucketModel(store, createBlobStore(store, join(await temporaryFolder(), 'cache')));
  there = await newStore();
  const none = { from: null, young: false };
  seeds = await here.version('chile', null, ['s'], none);
  await here.branch('chile', 'main', seeds);
  const first = await here.version('peru', null, ['a', 'b'], none);
  second = await here.version('peru', first, ['a', 'c'], { from: seeds, young: false });
  await here.branch('peru', 'main', second);
  await here.tag('peru', 'v1', first);
  const { values, provenance } = (await readManifest(store, second)).state.steps['rows']!.partitions['all']!;
  await here.cells('peru', { values, provenance } as Parameters<typeof here.cells>[1], false);
});

const copy = async (to: ObjectStore = there) =>
  copyDataset({ store: here.store, blobs: here.blobs, database, scratchFolder: await temporaryFolder() }, to, 'peru');
const outcomes = ({ refs }: Awaited<ReturnType<typeof copy>>) =>
  Object.fromEntries(refs.map(({ name, outcome }) => [name, outcome]));
const damages = async () =>
  (
    await findDamage(
      {
        store: there,
        blobs: createBlobStore(there, join(await temporaryFolder(), 'cache')),
        database,
        scratchFolder: await temporaryFolder(),
      },
      { dataset: null, full: true },
    )
  ).damages;
async function keysThere(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of there.list('')) keys.push(key);
  return keys.toSorted();
}

it('copies a dataset with all its history, and nothing else, and a second time nothing', async () => {
  await here.text('an orphan', false);
  const report = await copy();
  expect(outcomes(report)).toEqual({ 'heads/main': 'new', 'tags/v1': 'new' });
  expect(await damages()).toEqual([]);
  expect((await readBranch(there, 'peru', 'main'))!.manifest).toBe(second);
  const reached = here.closure([...here.refs].flatMap(([key, of]) => (key.includes('peru') ? [manifestKey(of)] : [])));
  const index = [...here.leads.keys()].filter((key) => key.startsWith('index/'));
  expect(await keysThere()).toEqual([...reached, ...index, 'refs/peru/heads/main', 'refs/peru/tags/v1'].toSorted());
  const again = await copy();
  expect(again.sent).toBe(0);
  expect(outcomes(again)).toEqual({ 'heads/main': 'same', 'tags/v1': 'same' });
});

it('leaves no ref that leads to nothing wherever it breaks off, and goes on from there', async () => {
  let allowed = 0;
  let total = 0;
  for (let whole = false; !whole; allowed += 3) {
    let writes = 0;
    const underWay: Promise<unknown>[] = [];
    const write = async <T>(act: () => Promise<T>): Promise<T> => {
      if (writes >= allowed) throw new Error('line down');
      writes += 1;
      total += 1;
      const writing = act();
      underWay.push(writing);
      return writing;
    };
    const flaky: ObjectStore = {
      ...there,
      putFile: (key, path) => write(() => there.putFile(key, path)),
      putIf: (key, bytes, condition) => write(() => there.putIf(key, bytes, condition)),
    };
    whole = await copy(flaky).then(
      () => true,
      (error: Error) => {
        expect(error.message).toBe('line down');
        return false;
      },
    );
    await Promise.all(underWay);
    expect(await damages()).toEqual([]);
    // Versions come after those they were made from.
    if (await there.has(manifestKey(second))) expect(await there.has(manifestKey(seeds))).toBe(true);
  }
  // What was sent before a break is not sent again.
  expect(total).toBe((await keysThere()).length);
});

it('follows a branch that went on, and leaves one that went another way, and a tag, as they are', async () => {
  await copy();
  const third = await here.version('peru', second, ['d'], { from: null, young: false });
  await here.branch('peru', 'main', third);
  expect(outcomes(await copy())).toMatchObject({ 'heads/main': 'forward' });
  const other = await here.version('peru', second, ['e'], { from: null, young: false });
  await here.branch('peru', 'main', other);
  await here.tag('peru', 'v1', other);
  expect(outcomes(await copy())).toEqual({ 'heads/main': 'differs', 'tags/v1': 'differs' });
  expect((await readBranch(there, 'peru', 'main'))!.manifest).toBe(third);
  expect((await readTag(there, 'peru', 'v1'))!.manifest).not.toBe(other);
});

it('does not move a branch that somebody moves there meanwhile', async () => {
  await copy();
  const mine = await here.version('peru', second, ['d'], { from: null, young: false });
  await here.branch('peru', 'main', mine);
  const theirs = JSON.stringify({ manifest: seeds, run: 'r-theirs', updatedAt: '2026-11-25T00:00:00Z', by: null });
  const meanwhile: ObjectStore = {
    ...there,
    async putIf(key, bytes, condition) {
      if (key.endsWith('heads/main')) await there.put(key, Buffer.from(theirs));
      return there.putIf(key, bytes, condition);
    },
  };
  expect(outcomes(await copy(meanwhile))).toMatchObject({ 'heads/main': 'differs' });
  expect((await readBranch(there, 'peru', 'main'))!.run).toBe('r-theirs');
});

it('spreads no altered object, and mends a half one', async () => {
  await copy();
  await there.put(blobKey(sha256('prompt a')), Buffer.from('prom'));
  await copy();
  expect(await damages()).toEqual([]);
  await here.store.put(blobKey(sha256('c')), Buffer.from('C'));
  there = await newStore();
  await expect(copy()).rejects.toThrow(DigestMismatchError);
  expect(await readBranch(there, 'peru', 'main')).toBeNull();
});

it('copies nothing of a bucket with a branch under a name that none can have', async () => {
  await here.ref('refs/peru/heads/\u001b[2Jmain', second);
  await expect(copy()).rejects.toThrow(String.raw`refs/peru/heads/\u{1b}[2Jmain`);
  expect(await keysThere()).toEqual([]);
});
