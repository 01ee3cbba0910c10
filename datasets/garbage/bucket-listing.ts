import type { ListedObject, ObjectStore } from '../../manifests/object-store.ts';
import { type BucketKey, parseBucketKey } from './bucket-key.ts';

/** An object of the bucket as it was listed, and what it is. */
export type Listed<K extends BucketKey['kind'] = BucketKey['kind']> = Omit<ListedObject, 'etag'> &
  Extract<BucketKey, { readonly kind: K }>;

export const isKind =
  <K extends BucketKey['kind']>(kind: K) =>
  (listed: Listed): listed is Listed<K> =>
    listed.kind === kind;

const FOLDERS = ['refs/', 'withdrawals/', 'runs/', 'journal/', 'index/', 'quota/', 'manifests/', 'objects/'];

/** Everything of ours in the bucket. */
export async function listBucket(store: ObjectStore): Promise<readonly Listed[]> {
  const listed: Listed[] = [];
  for (const folder of FOLDERS)
    for await (const { key, byteLength, modified } of store.list(folder)) {
      const parsed = parseBucketKey(key);
      if (parsed) listed.push({ key, byteLength, modified, ...parsed });
    }
  return listed;
}

const CLOCK = 'leases/clock';

/** What time it is by the clock that dates objects. */
export async function storeTimeMs(store: ObjectStore): Promise<number> {
  await store.put(CLOCK, Buffer.from('{}'));
  for await (const { key, modified } of store.list(CLOCK)) if (key === CLOCK) return modified.getTime();
  throw new TypeError(`${CLOCK} was written and is not there`);
}
