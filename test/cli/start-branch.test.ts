import { randomBytes } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { openMinioStore } from '../../activities/minio-store.ts';
import { startBranch } from '../../cli/start-branch.ts';
import { sha256 } from '../../manifests/digest.ts';
import { readBranch } from '../../manifests/refs.ts';

const newStore = () => openMinioStore({ ...inject('services').s3, bucket: `branch-${randomBytes(6).toString('hex')}` });
const version = sha256('a version');

it('starts a branch once, and then says where it is and what can be done', async () => {
  const store = await newStore();
  await startBranch(store, 'peru', 'mini', version);
  const first = await readBranch(store, 'peru', 'mini');
  expect(first).toMatchObject({ manifest: version });
  await expect(startBranch(store, 'peru', 'mini', sha256('another'))).rejects.toThrow(
    new RegExp(
      String.raw`^peru has a branch mini already, at ${version.slice(0, 15)}\S*\. ` +
        String.raw`Run on it: \S*gettok run --branch mini .* Start it elsewhere: \S*gettok branch mini --delete`,
    ),
  );
  expect(await readBranch(store, 'peru', 'mini')).toEqual(first);
});
