import { beforeAll, describe, expect, it } from 'vitest';
import { resolveVersion } from '../../cli/resolve-version.ts';
import type { Digest } from '../../manifests/digest.ts';
import { type Manifest, stateDigest } from '../../manifests/manifest.ts';
import { writeManifest } from '../../manifests/manifest-store.ts';
import { moveBranch, writeTag } from '../../manifests/refs.ts';
import { memoryStore } from '../activities/memory-store.ts';

const store = memoryStore();
const versions: Digest[] = [];
const refTo = (manifest: Digest) => ({ manifest, run: 'r', updatedAt: '2026-11-25T00:00:00Z', by: null });

const manifestOf = (dataset: string, parent: Digest | null, message: string): Manifest => ({
  format: 'gettok-manifest/1',
  stateDigest: stateDigest({}),
  state: { dataset, declaration: {}, partition: {}, steps: {} },
  record: {
    parent,
    run: 'r',
    branch: 'main',
    by: null,
    message,
    created_at: '0',
    started_at: '0',
    temporal: { namespace: 'n', workflow_id: 'w', run_id: 'r' },
    software: {},
    steps: {},
  },
});

beforeAll(async () => {
  for (const message of ['one', 'two', 'three'])
    versions.push(await writeManifest(store, manifestOf('peru', versions.at(-1) ?? null, message)));
  await moveBranch(store, 'peru', 'main', null, refTo(versions[2]!));
  await moveBranch(store, 'peru', 'pilots/gpt-5.1', null, refTo(versions[1]!));
  await writeTag(store, 'peru', 'v1.0.0', refTo(versions[0]!));
  await writeTag(store, 'peru', 'main-2022', refTo(versions[1]!));
});

const named = async (at: string) => (await resolveVersion(store, 'peru', at)).manifest.record.message;

describe('a version', () => {
  it.each([
    ['main', 'three'],
    ['@main', 'three'],
    ['', 'three'],
    ['@', 'three'],
    ['main~0', 'three'],
    ['main~1', 'two'],
    ['@main~2', 'one'],
    ['v1.0.0', 'one'],
    ['@v1.0.0', 'one'],
    ['@main-2022~1', 'one'],
    ['pilots/gpt-5.1', 'two'],
    ['@pilots/gpt-5.1~1', 'one'],
  ])('has the name %j', async (at, message) => {
    expect(await named(at)).toBe(message);
  });

  it('has its digest for a name, whole or its first digits, with how far back', async () => {
    const digest = versions[1]!;
    for (const at of [digest, digest.slice(7), digest.slice(0, 15), digest.slice(7, 15), `@${digest.slice(7, 20)}`])
      expect(await named(at)).toBe('two');
    expect(await named(`${digest.slice(7, 15)}~1`)).toBe('one');
  });

  it('of another dataset is none of this one', async () => {
    const other = await writeManifest(store, manifestOf('chile', null, 'other'));
    await expect(named(other)).rejects.toThrow('is a version of chile, not of peru');
    await expect(named(other.slice(7, 19))).rejects.toThrow('peru has no branch, tag or version');
  });

  it.each([
    ['main~3', 'main~3: main has fewer than 3 earlier versions. See them with: gettok log'],
    ['mian', 'peru has no branch, tag or version "mian". Branches: main, pilots/gpt-5.1. Tags: main-2022, v1.0.0.'],
    ['00000000', 'has no branch, tag or version "00000000"'],
    ['00000', '(of a digest, eight digits are needed)'],
    ['../main', "can't be a branch or tag name"],
  ])('that %j would name is told to be missing', async (at, message) => {
    await expect(named(at)).rejects.toThrow(message);
  });
});
