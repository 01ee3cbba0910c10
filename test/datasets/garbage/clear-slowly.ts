import { setTimeout as pause } from 'node:timers/promises';
import { openMinioStore } from '../../../activities/minio-store.ts';
import { findGarbage } from '../../../datasets/garbage/find-garbage.ts';
import { removeGarbage } from '../../../datasets/garbage/remove-garbage.ts';
import { openDatabase } from '../../../datasets/parquet/database.ts';
import { createBlobStore } from '../../../manifests/blob-store.ts';
import { takeLease } from '../../../manifests/lease.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';

// A process that clears a bucket one object after the other, says so, and is there to be killed.

const [address, cache] = process.argv.slice(2);
const store = await openMinioStore(JSON.parse(address!) as Parameters<typeof openMinioStore>[0]);
const slow: ObjectStore = {
  ...store,
  async remove(keys) {
    for (const key of keys) {
      await store.remove([key]);
      process.stdout.write(`${key}\n`);
      await pause(10);
    }
  },
};
const lease = await takeLease(store, 'clearing', 'a process to be killed');
const database = await openDatabase({ threads: 1 });
const blobs = createBlobStore(store, cache!);
// Everything was just made, and counts as old.
const garbage = await findGarbage({ store, blobs, database }, { olderThanMs: -60_000, paidAnswers: false, atWork: [] });
await removeGarbage(slow, lease, garbage);
await lease[Symbol.asyncDispose]();
database.close();
