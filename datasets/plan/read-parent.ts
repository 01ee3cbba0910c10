import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { withOutsideSeen } from './outside-seen.ts';
import { newNames, withRenamedSteps } from './renamed-steps.ts';

/** A version that a run starts from, as its plan looks at it. */
export interface Parent {
  readonly version: Digest;
  /** With what was last seen outside, and its steps by the names that the plan has for them. */
  readonly manifest: Manifest;
  /** Steps, by their new name, whose Merkle roots were made with another. */
  readonly renamed: ReadonlySet<string>;
}

export async function readParent(
  store: ObjectStore,
  version: Digest,
  steps: readonly { readonly name: string; readonly was?: string }[],
): Promise<Parent> {
  const manifest = await withOutsideSeen(store, version, await readManifest(store, version));
  const renamed = new Set(newNames(manifest, steps).values());
  return { version, manifest: withRenamedSteps(manifest, steps), renamed };
}
