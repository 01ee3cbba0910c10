import type { Lease } from '../../manifests/lease.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { type Garbage, GARBAGE_KINDS } from './find-garbage.ts';

const AT_ONCE = 500;

/** Removes it in order, kind by kind, and only while the lease is held. */
export async function removeGarbage(
  store: ObjectStore,
  lease: Pick<Lease, 'check'>,
  { objects }: Garbage,
  onRemoved: (count: number) => void = () => {},
): Promise<void> {
  for (const kind of GARBAGE_KINDS) {
    const keys = objects.filter((object) => object.kind === kind).map(({ key }) => key);
    // Versions go one by one: a bucket removes what it is given together in no order.
    const atOnce = kind === 'version' ? 1 : AT_ONCE;
    for (let at = 0; at < keys.length; at += atOnce) {
      lease.check();
      await store.remove(keys.slice(at, at + atOnce));
      onRemoved(Math.min(keys.length, at + atOnce));
    }
  }
}
