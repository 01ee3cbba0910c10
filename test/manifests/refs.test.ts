import { randomBytes } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { openMinioStore } from '../../activities/minio-store.ts';
import { sha256 } from '../../manifests/digest.ts';
import { ForeignRefError, listRefs, moveBranch, readRef, UnreadableRefError, writeTag } from '../../manifests/refs.ts';

const newStore = () => openMinioStore({ ...inject('services').s3, bucket: `refs-${randomBytes(6).toString('hex')}` });
const to = { manifest: sha256('a version'), run: 'r-1', updatedAt: '2026-11-25T00:00:00Z', by: null };

it('lists the refs of one dataset by name', async () => {
  const store = await newStore();
  await moveBranch(store, 'peru', 'main', null, to);
  await moveBranch(store, 'peru', 'prompts/short', null, to);
  await writeTag(store, 'peru', 'v1.0', to);
  await moveBranch(store, 'chile', 'main', null, to);
  expect([...(await listRefs(store, 'peru', 'heads')).keys()]).toEqual(['main', 'prompts/short']);
  expect([...(await listRefs(store, 'peru', 'tags')).keys()]).toEqual(['v1.0']);
});

it.each([
  ['refs/peru/heads/\u001b]0;gone\u0007main', String.raw`refs/peru/heads/\u{1b}]0;gone\u{7}main`],
  ['refs/peru/tags/v1\u202e0.', String.raw`refs/peru/tags/v1\u{202e}0.`],
  ['refs/peru/heads/maın', String.raw`refs/peru/heads/ma\u{131}n`],
  ['refs/peru/heads/a\\u{1b}', String.raw`refs/peru/heads/a\u{5c}u{1b}`],
  ['refs/pe\nru/heads/main', String.raw`refs/pe\u{a}ru/heads/main`],
])('reads no ref under the name %j, and says it without its marks', async (key, said) => {
  const store = await newStore();
  await store.put(key, Buffer.from(JSON.stringify(to)));
  const error: unknown = await readRef(store, key).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ForeignRefError);
  expect((error as Error).message).toContain(`doesn't give: ${said} (`);
  if (key.startsWith('refs/peru/heads/'))
    await expect(listRefs(store, 'peru', 'heads')).rejects.toThrow(ForeignRefError);
});

it.each([
  'no JSON',
  '{}',
  JSON.stringify({ ...to, manifest: 'main' }),
  JSON.stringify({ ...to, updatedAt: 'yesterday' }),
])('reads no ref that says %j, and says which object that is', async (text) => {
  const store = await newStore();
  await store.put('refs/peru/heads/main', Buffer.from(text));
  const error: unknown = await readRef(store, 'refs/peru/heads/main').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnreadableRefError);
  expect((error as Error).message).toMatch(/^The object refs\/peru\/heads\/main of the bucket is no branch or tag/);
});
