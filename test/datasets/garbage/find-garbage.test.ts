import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { openMinioStore } from '../../../activities/minio-store.ts';
import { findGarbage } from '../../../datasets/garbage/find-garbage.ts';
import { removeGarbage } from '../../../datasets/garbage/remove-garbage.ts';
import { type Database, openDatabase } from '../../../datasets/parquet/database.ts';
import { createBlobStore } from '../../../manifests/blob-store.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { takeLease } from '../../../manifests/lease.ts';
import { manifestKey, readManifest } from '../../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import { temporaryFolder } from '../parquet/temporary-folder.ts';
import { propertyOptions } from '../../property-options.ts';
import { aged, BucketModel } from './bucket-model.ts';

const DAYS_14 = 14 * 86_400_000;
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ threads: 1 });
});
afterAll(() => database.close());

async function model(): Promise<BucketModel> {
  const store = await openMinioStore({ ...inject('services').s3, bucket: `gc-${randomBytes(6).toString('hex')}` });
  return new BucketModel(store, createBlobStore(store, join(await temporaryFolder(), 'cache')));
}

const look = (bucket: BucketModel, options: Partial<Parameters<typeof findGarbage>[1]> = {}) =>
  findGarbage(
    { store: aged(bucket), blobs: bucket.blobs, database },
    { olderThanMs: DAYS_14, paidAnswers: false, atWork: [], ...options },
  );
const keysOf = ({ objects }: Awaited<ReturnType<typeof look>>) => objects.map(({ key }) => key).toSorted();
async function listed({ store }: BucketModel): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) if (!key.startsWith('leases/')) keys.push(key);
  return keys.toSorted();
}
async function clear(
  bucket: BucketModel,
  garbage: Awaited<ReturnType<typeof look>>,
  store: ObjectStore = bucket.store,
) {
  await using lease = await takeLease(bucket.store, 'clearing', 'a test');
  await removeGarbage(store, lease, garbage);
}

const branchName = fc.constantFrom('main', 'pilot', 'old');
const dataset = fc.constantFrom('peru', 'chile');
const contents = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 3 });
const place = fc.nat(20);
const event = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      dataset,
      name: branchName,
      media: contents,
      from: fc.option(place),
      merges: fc.option(place),
      young: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), place }) },
  fc.record({ do: fc.constant('branch' as const), name: branchName, place }),
  fc.record({ do: fc.constant('tag' as const), name: branchName, place }),
  fc.record({
    do: fc.constant('failed run' as const),
    dataset,
    media: contents,
    young: fc.boolean(),
    entryYoung: fc.boolean(),
  }),
  fc.record({ do: fc.constant('orphan' as const), media: contents, young: fc.boolean() }),
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

async function happen(bucket: BucketModel, happened: Event): Promise<void> {
  const versionAt = (at: number) => bucket.versions[at % bucket.versions.length];
  switch (happened.do) {
    case 'commit': {
      const { dataset: of, name: branch, media: files, young } = happened;
      const parent = bucket.refs.get(`refs/${of}/heads/${branch}`) ?? null;
      const named = (at: number | null) => (at === null ? null : (versionAt(at)?.version ?? null));
      const others = { from: named(happened.from), merges: named(happened.merges) };
      await bucket.branch(of, branch, await bucket.version(of, parent, files, { ...others, young }));
      return;
    }
    case 'delete': {
      const keys = [...bucket.refs.keys()];
      if (keys.length > 0) await bucket.deleteRef(keys[happened.place % keys.length]!);
      return;
    }
    case 'branch':
    case 'tag': {
      const version = versionAt(happened.place);
      if (version) await bucket[happened.do](version.dataset, happened.name, version.version);
      return;
    }
    case 'failed run':
      return bucket.cells(
        happened.dataset,
        await bucket.snapshot('rows', happened.media, happened.young),
        happened.entryYoung,
      );
    case 'orphan':
      await bucket.text(`orphan ${happened.media.join()}`, happened.young);
  }
}

it('finds exactly what nothing leads to and is old, over any history; removes just that, and nothing is left to find', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 14 }), async (events) => {
      const bucket = await model();
      for (const each of events) await happen(bucket, each);
      const before = await listed(bucket);
      const found = await look(bucket);
      expect(keysOf(found)).toEqual(bucket.garbage());
      await clear(bucket, found);
      expect(await listed(bucket)).toEqual(before.filter((key) => !keysOf(found).includes(key)));
      // Every ref has its whole history, by the picture and by reading it.
      const after = new Set(await listed(bucket));
      const reached = bucket.closure([...bucket.refs.values()].map(manifestKey));
      expect([...reached].filter((key) => !after.has(key))).toEqual([]);
      for (const version of bucket.refs.values()) await readManifest(bucket.store, version);
      expect(keysOf(await look(bucket))).toEqual([]);
    }),
    { ...propertyOptions(25) },
  );
}, 120_000);

it('leaves every name that can still be given to a version whole, wherever the removal broke off', async () => {
  const bucket = await model();
  const first = await bucket.version('peru', null, ['a'], { from: null, young: false });
  const second = await bucket.version('peru', first, ['b', 'c'], { from: null, young: false });
  await bucket.version('peru', second, ['d'], { from: null, young: false });
  await bucket.cells('peru', await bucket.snapshot('rows', ['e', 'f'], false), false);
  const kept = await bucket.version('peru', null, ['a', 'c'], { from: null, young: false });
  await bucket.branch('peru', 'main', kept);
  const all = (await look(bucket)).objects;
  expect(all.length).toBeGreaterThan(15);
  for (let after = 0; after < all.length; after += 1) {
    const garbage = await look(bucket);
    let removals = 0;
    const store: ObjectStore = {
      ...bucket.store,
      async remove(keys) {
        // One at a time, and then the power is cut.
        for (const key of keys) {
          if (removals >= 1) throw new Error('power cut');
          await bucket.store.remove([key]);
          removals += 1;
        }
      },
    };
    if (garbage.objects.length === 0) break;
    await clear(bucket, garbage, store).catch((error: Error) => expect(error.message).toBe('power cut'));
    const there = new Set(await listed(bucket));
    // Whatever still leads to something leads to all of it.
    const leads = [...there].filter((key) => key.startsWith('manifests/') || key.startsWith('index/'));
    expect([...bucket.closure(leads)].filter((key) => !there.has(key))).toEqual([]);
  }
  expect(keysOf(await look(bucket))).toEqual([]);
  expect([...bucket.closure([manifestKey(kept)])].toSorted()).toEqual(
    (await listed(bucket)).filter((key) => !key.startsWith('refs/')),
  );
});

it('can be killed at any moment and begun again: every branch stays whole, and in the end the same is gone', async () => {
  const name = `gc-${randomBytes(6).toString('hex')}`;
  const address = { ...inject('services').s3, bucket: name };
  const store = await openMinioStore(address);
  const cache = join(await temporaryFolder(), 'cache');
  const bucket = new BucketModel(store, createBlobStore(store, cache));
  const none = { from: null, young: false };
  let parent = await bucket.version('peru', null, ['a', 'b'], none);
  const kept = await bucket.version('peru', parent, ['b', 'c'], none);
  await bucket.branch('peru', 'main', kept);
  for (const media of [['d', 'a'], ['e'], ['f', 'g'], ['h']])
    parent = await bucket.version('peru', parent, media, none);
  await bucket.cells('peru', await bucket.snapshot('rows', ['i', 'j'], false), false);
  const expected = (await listed(bucket)).filter((key) => !bucket.garbage().includes(key));
  const script = fileURLToPath(new URL('clear-slowly.ts', import.meta.url));
  let killed = 0;
  for (const after of [1, 3, 8, Infinity]) {
    const child = spawn(process.execPath, [script, JSON.stringify(address), cache], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let removed = 0;
    for await (const _key of createInterface({ input: child.stdout })) {
      removed += 1;
      if (removed === after) child.kill('SIGKILL');
    }
    await ended;
    const there = new Set(await listed(bucket));
    const leads = [...there].filter((key) => key.startsWith('manifests/') || key.startsWith('index/'));
    expect([...bucket.closure(leads)].filter((key) => !there.has(key))).toEqual([]);
    if (child.signalCode !== 'SIGKILL') continue;
    killed += 1;
    // Its lease stays until it expires; here it is taken away by hand.
    const left: string[] = [];
    for await (const { key } of store.list('leases/clearing/')) left.push(key);
    expect(left).toHaveLength(1);
    await expect(takeLease(store, 'work', 'a worker')).rejects.toThrow('a process to be killed is removing objects');
    await store.remove(left);
  }
  expect(killed).toBe(3);
  expect(await listed(bucket)).toEqual(expected);
}, 60_000);

it('keeps what was merged after its branch is gone', async () => {
  const bucket = await model();
  const none = { from: null, young: false };
  const first = await bucket.version('peru', null, ['a'], none);
  const pilot = await bucket.version('peru', first, ['b'], none);
  await bucket.branch('peru', 'main', await bucket.version('peru', first, ['c'], { ...none, merges: pilot }));
  expect(keysOf(await look(bucket))).toEqual([]);
});

it('keeps answers that were paid for and are in no version, unless they are asked for', async () => {
  const bucket = await model();
  const file = await bucket.text('left over', false);
  const entry = `index/peru/answers/${'0'.repeat(64)}/all/${file.slice(7)}`;
  const segment = 'journal/peru/stance/all/r-old/0b5f1a2c-0000-4000-8000-000000000000-000001';
  const request = `journal/peru/videos/requests/${'1'.repeat(64)}/first/${'2'.repeat(64)}/r-old.ok.name`;
  for (const key of [entry, segment, request]) await bucket.store.put(key, Buffer.from('{}'));
  const kept = await look(bucket);
  expect(keysOf(kept)).toEqual([]);
  expect(kept.paid.count).toBe(3);
  const { objects, paid } = await look(bucket, { paidAnswers: true });
  expect(objects.map(({ kind }) => kind)).toEqual(['answers', 'journal', 'journal', 'object']);
  expect(paid.count).toBe(0);
  // A run of the dataset that waits for its provider may still want them.
  const waiting = await look(bucket, { paidAnswers: true, atWork: [{ run: 'r-new', dataset: 'peru' }] });
  expect(waiting.objects.map(({ kind }) => kind)).toEqual(['answers', 'object']);
});

it('keeps what a run that has not ended has made, however long it waits, and what it starts from', async () => {
  const bucket = await model();
  const parent = await bucket.version('peru', null, ['a'], { from: null, young: false });
  const snapshot = await bucket.snapshot('rows', ['b', 'c'], false);
  const result = { snapshot, record: {}, work: {} };
  const plan = {
    run: 'r-1',
    parent,
    steps: [{ name: 'rows', columns: [{ name: 'file', type: 'text', media: 'video' }] }],
  };
  await bucket.store.put('runs/r-1/plan.json', Buffer.from(JSON.stringify(plan)));
  await bucket.store.put('runs/r-1/results/all/rows.json', Buffer.from(JSON.stringify(result)));
  expect(keysOf(await look(bucket, { atWork: [{ run: 'r-1', dataset: 'peru' }] }))).toEqual([]);
  expect(keysOf(await look(bucket))).toEqual(
    ['runs/r-1/plan.json', 'runs/r-1/results/all/rows.json', ...bucket.leads.keys()].toSorted(),
  );
});

it('removes nothing when a version that a branch leads to can not be read', async () => {
  const bucket = await model();
  const parent = await bucket.version('peru', null, ['a'], { from: null, young: false });
  await bucket.branch('peru', 'main', await bucket.version('peru', parent, ['b'], { from: null, young: false }));
  await bucket.text('an orphan', false);
  await bucket.store.remove([manifestKey(parent)]);
  await expect(look(bucket)).rejects.toThrow(/Nothing was removed: sha256:\w+, which peru heads\/main leads to/);
});

it('follows what replaces a withdrawn file, and leaves alone what it does not know', async () => {
  const bucket = await model();
  const version = await bucket.version('peru', null, ['a', 'b'], { from: null, young: false });
  await bucket.branch('peru', 'main', version);
  const { values } = (await readManifest(bucket.store, version)).state.steps['rows']!.partitions['all']!;
  const redacted = await bucket.snapshot('rows', ['a'], false);
  await bucket.store.put(`withdrawals/peru/${values}`, Buffer.from(JSON.stringify({ file: redacted.values })));
  await bucket.store.put('mine/video.mp4', Buffer.from('a video of somebody'));
  await bucket.store.put('objects/readme.txt', Buffer.from('not ours'));
  const found = keysOf(await look(bucket));
  // The media that only the withdrawn row named goes.
  expect(found).toContain(`objects/sha256/${sha256('b').slice(7, 9)}/${sha256('b').slice(9)}`);
  expect(found).not.toContain(`objects/sha256/${redacted.values.slice(7, 9)}/${redacted.values.slice(9)}`);
  expect(found.filter((key) => !key.startsWith('objects/sha256/'))).toEqual([]);
});
