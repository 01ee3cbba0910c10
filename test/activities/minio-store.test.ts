import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { openMinioStore } from '../../activities/minio-store.ts';
import { blobKey, createBlobStore, MissingBlobError } from '../../manifests/blob-store.ts';
import { DigestMismatchError, sha256 } from '../../manifests/digest.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { listRefs, moveBranch, readBranch, RefMovedError, RefNameError, writeTag } from '../../manifests/refs.ts';

let store: ObjectStore;
let folder: string;

beforeAll(async () => {
  store = await openMinioStore({ ...inject('services').s3, bucket: `store-${randomBytes(4).toString('hex')}` });
  folder = await mkdtemp(join(tmpdir(), 'gettok-store-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = (object: { bytes: Buffer } | null) => object?.bytes.toString('utf8') ?? null;
const ref = (n: number) => ({
  manifest: sha256(String(n)),
  run: `r-${n}`,
  updatedAt: '2026-11-23T18:02:00.000Z',
  by: null,
});

it('gives back what was put, and null for what was not', async () => {
  await store.put('a/b', Buffer.from('é'));
  expect(text(await store.get('a/b'))).toBe('é');
  expect(await store.get('a/c')).toBeNull();
  expect([await store.has('a/b'), await store.has('a/c')]).toEqual([true, false]);
});

it('writes once under "absent", and only over the entity tag it was given', async () => {
  expect(await store.putIf('once', Buffer.from('1'), 'absent')).toBe(true);
  expect(await store.putIf('once', Buffer.from('2'), 'absent')).toBe(false);
  const { etag } = (await store.get('once'))!;
  expect(await store.putIf('once', Buffer.from('3'), { etag })).toBe(true);
  expect(await store.putIf('once', Buffer.from('4'), { etag })).toBe(false);
  expect(await store.putIf('never', Buffer.from('5'), { etag })).toBe(false);
  expect(text(await store.get('once'))).toBe('3');
});

it('lists by prefix and removes', async () => {
  for (const key of ['l/1', 'l/2', 'm/1']) await store.put(key, Buffer.from(key));
  expect((await Array.fromAsync(store.list('l/'))).map(({ key, byteLength }) => [key, byteLength])).toEqual([
    ['l/1', 3],
    ['l/2', 3],
  ]);
  await store.remove(['l/1']);
  expect((await Array.fromAsync(store.list('l/'))).map(({ key }) => key)).toEqual(['l/2']);
});

it('keeps blobs by content, and a local copy that was checked', async () => {
  const blobs = createBlobStore(store, join(folder, 'cache'));
  const digest = await blobs.put(Buffer.from('frame'));
  expect(digest).toBe(sha256('frame'));
  expect(await readFile(await blobs.file(digest), 'utf8')).toBe('frame');
  expect(await blobs.byteLength(digest)).toBe(5);
  await writeFile(join(folder, 'video.mp4'), 'video');
  expect(await blobs.putFile(join(folder, 'video.mp4'))).toBe(sha256('video'));
});

it('refuses altered and missing blobs, and leaves no half copy', async () => {
  const blobs = createBlobStore(store, join(folder, 'altered'));
  const digest = sha256('as it was');
  await store.put(blobKey(digest), Buffer.from('as it is'));
  await expect(blobs.file(digest)).rejects.toThrow(DigestMismatchError);
  await expect(blobs.get(digest)).rejects.toThrow(DigestMismatchError);
  await expect(blobs.file(sha256('gone'))).rejects.toThrow(MissingBlobError);
  await expect(blobs.byteLength(sha256('gone'))).rejects.toThrow(MissingBlobError);
  await store.put(blobKey(digest), Buffer.from('as it was'));
  expect(await readFile(await blobs.file(digest), 'utf8')).toBe('as it was');
});

it('lets one of fifty racers move a branch', async () => {
  await moveBranch(store, 'race', 'main', null, ref(0));
  const from = await readBranch(store, 'race', 'main');
  const racers = await Promise.allSettled(
    Array.from({ length: 50 }, (_, n) => moveBranch(store, 'race', 'main', from, ref(n + 1))),
  );
  const winners = racers.flatMap(({ status }, n) => (status === 'fulfilled' ? [n + 1] : []));
  expect(winners).toHaveLength(1);
  expect((await readBranch(store, 'race', 'main'))?.run).toBe(`r-${winners[0]}`);
});

it('takes finding its own run in the branch for success, as after an answer that got lost', async () => {
  await moveBranch(store, 'lost', 'main', null, ref(1));
  await expect(moveBranch(store, 'lost', 'main', null, ref(1))).resolves.toBeUndefined();
  await expect(moveBranch(store, 'lost', 'main', null, ref(2))).rejects.toThrow(RefMovedError);
});

it('never moves a tag', async () => {
  await writeTag(store, 'tags', 'v1.0.0', ref(1));
  await expect(writeTag(store, 'tags', 'v1.0.0', ref(2))).rejects.toThrow('names sha256:6b86b273');
  expect([...(await listRefs(store, 'tags', 'tags'))].map(([name, { run }]) => [name, run])).toEqual([
    ['v1.0.0', 'r-1'],
  ]);
});

it.each(['', '../x', 'a//b', '-a', 'a/', 'a..b', 'a b', 'a\n'])('refuses the ref name %j', async (name) => {
  await expect(readBranch(store, 'names', name)).rejects.toThrow(RefNameError);
});
