import pMap from 'p-map';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { Listed } from './bucket-listing.ts';
import { digestsInText } from './named-digests.ts';

/**
 * Versions in an order in which none is removed before those made from it: a name that somebody gives to one that is still
 * there leads to a whole history.
 */
export async function childrenFirst(
  store: ObjectStore,
  versions: readonly Listed<'version'>[],
): Promise<readonly Listed<'version'>[]> {
  const named = await pMap(versions, async ({ key }) => digestsNamed(await store.get(key)), { concurrency: 16 });
  const places = new Map(versions.map(({ version }, index) => [version, index]));
  const order: Listed<'version'>[] = [];
  const seen = new Set<number>();
  // Depth first, each after those it names; without recursion, for histories of any length.
  for (const start of versions.keys()) {
    const path: { readonly at: number; readonly ahead: number[] }[] = [];
    const enter = (at: number) => {
      if (seen.has(at)) return;
      seen.add(at);
      path.push({ at, ahead: named[at]!.flatMap((digest) => places.get(digest) ?? []) });
    };
    enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.ahead.pop();
      if (next === undefined) order.push(versions[path.pop()!.at]!);
      else enter(next);
    }
  }
  return order.toReversed();
}

/** Whatever looks like a digest in it: a version that can't be decoded has an order too. */
const digestsNamed = (object: { readonly bytes: Buffer } | null) => digestsInText(object?.bytes.toString('utf8') ?? '');
