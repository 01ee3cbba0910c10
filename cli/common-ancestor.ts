import type { Digest } from '../manifests/digest.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';

/** A version, the one it was made from, and the one that was promoted or merged into it. */
const before = ({ record: { parent, merges } }: Manifest): Digest[] => [
  ...(parent === null ? [] : [parent]),
  ...(merges === undefined ? [] : [merges]),
];

/** The nearest version that both were made from, over parents and merges; null when there is none. */
export async function commonAncestor(store: ObjectStore, a: Digest, b: Digest): Promise<Digest | null> {
  const seen = [new Set<Digest>(), new Set<Digest>()] as const;
  let fronts: readonly (readonly Digest[])[] = [[a], [b]];
  // Both go back one version at a time, so that a branch of yesterday doesn't read the history of years.
  while (fronts.some((front) => front.length > 0)) {
    for (const [side, front] of fronts.entries())
      for (const version of front) {
        if (seen[1 - side]!.has(version)) return version;
        seen[side]!.add(version);
      }
    fronts = await Promise.all(
      fronts.map(async (front, side) => {
        const found = await Promise.all(front.map(async (version) => before(await readManifest(store, version))));
        return [...new Set(found.flat())].filter((version) => !seen[side]!.has(version));
      }),
    );
  }
  return null;
}
