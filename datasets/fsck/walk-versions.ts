import { DigestMismatchError, type Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { manifestKey, MissingManifestError, readManifest } from '../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { readRef } from '../../manifests/refs.ts';
import type { Listed } from '../garbage/bucket-listing.ts';
import { lineageOf } from '../garbage/reach.ts';
import type { Damage, DamageKind } from './damage.ts';

export interface Walked {
  /** Every version that can be read, with its dataset. */
  readonly versions: ReadonlyMap<Digest, string>;
  /** Branches and tags, as `heads/main`, by the version they name. */
  readonly refs: ReadonlyMap<Digest, readonly string[]>;
  readonly damages: readonly Damage[];
}

/** Goes from refs to all their ancestors; what can't be read is damage, and all that was made from it suffers. */
export async function walkVersions(
  store: ObjectStore,
  listed: readonly Listed<'ref'>[],
  see: (version: Digest, manifest: Manifest) => void,
): Promise<Walked> {
  const refs = new Map<Digest, string[]>();
  const damages: Damage[] = [];
  const versions = new Map<Digest, string>();
  const children = new Map<Digest, Set<Digest | null>>();
  const broken = new Map<Digest, { kind: DamageKind; reason: string; dataset: string }>();
  const ahead: { readonly version: Digest; readonly dataset: string }[] = [];
  const lead = (version: Digest, from: Digest | null, dataset: string) => {
    const before = children.get(version);
    children.set(version, (before ?? new Set()).add(from));
    if (!before) ahead.push({ version, dataset });
  };

  for (const { key, dataset, ref } of listed) {
    try {
      const read = await readRef(store, key);
      if (!read) continue;
      refs.set(read.manifest, [...(refs.get(read.manifest) ?? []), ref]);
      lead(read.manifest, null, dataset);
    } catch (error) {
      const suffers = [{ dataset, version: null, refs: [ref], step: null, partition: null }];
      damages.push({ kind: 'unreadable ref', key, reason: reasonOf(error), suffers });
    }
  }
  for (const { version, dataset } of ahead) {
    try {
      const manifest = await readManifest(store, version);
      versions.set(version, manifest.state.dataset);
      see(version, manifest);
      for (const named of lineageOf(manifest)) lead(named, version, manifest.state.dataset);
    } catch (error) {
      broken.set(version, { kind: kindOf(error), reason: reasonOf(error), dataset });
    }
  }

  for (const [version, { kind, reason, dataset }] of broken)
    damages.push({
      kind,
      key: manifestKey(version),
      reason,
      suffers: [...descendants(version, children)].map((each) => ({
        dataset: versions.get(each) ?? dataset,
        version: each,
        refs: refs.get(each) ?? [],
        step: null,
        partition: null,
      })),
    });
  return { versions, refs, damages };
}

function descendants(version: Digest, children: ReadonlyMap<Digest, ReadonlySet<Digest | null>>): Set<Digest> {
  const found = new Set([version]);
  for (const each of found) for (const child of children.get(each) ?? []) if (child !== null) found.add(child);
  return found;
}

function kindOf(error: unknown): DamageKind {
  if (error instanceof MissingManifestError) return 'missing version';
  return error instanceof DigestMismatchError ? 'altered version' : 'undecodable version';
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
