import type { Digest } from '../manifests/digest.ts';
import { type Manifest, parentsOf } from '../manifests/manifest.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';

/** A version that was reached, and from which of the two. */
interface Reached {
  readonly version: Digest;
  readonly manifest: Manifest;
  readonly sides: Set<0 | 1>;
}

const createdAt = ({ manifest }: Reached): bigint => BigInt(manifest.record.created_at);

/**
 * The newest version that both were made from, over parents and merges; null when there is none. Goes back in the order
 * of time, so that a branch of yesterday doesn't read the history of years.
 */
export async function commonAncestor(store: ObjectStore, a: Digest, b: Digest): Promise<Digest | null> {
  const reached = new Map<Digest, Reached>();
  const open = new Set<Reached>();
  const reach = async (version: Digest, sides: Iterable<0 | 1>) => {
    const known = reached.get(version);
    const one = known ?? { version, manifest: await readManifest(store, version), sides: new Set<0 | 1>() };
    reached.set(version, one);
    // Clocks may differ: what was passed already is passed again when the other side comes to it.
    const found = [...sides].filter((side) => !one.sides.has(side));
    for (const side of found) one.sides.add(side);
    if (found.length > 0) open.add(one);
  };
  await reach(a, [0]);
  await reach(b, [1]);
  while (open.size > 0) {
    const newest = [...open].reduce((best, one) => (createdAt(one) > createdAt(best) ? one : best));
    if (newest.sides.size === 2) return newest.version;
    open.delete(newest);
    for (const version of parentsOf(newest.manifest.record)) await reach(version, newest.sides);
  }
  return null;
}
