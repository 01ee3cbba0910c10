import type { Digest } from '../../manifests/digest.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { type ReadRef, readRef } from '../../manifests/refs.ts';
import type { Listed } from '../garbage/bucket-listing.ts';

export type RefOutcome =
  /** It names the same version there already. */
  | 'same'
  | 'new'
  /** The branch was at an ancestor of this version, and follows. */
  | 'forward'
  /** It names a version there that this one doesn't come from: it stays as it is. */
  | 'differs';

/** A branch or tag here and what it is in the other bucket. */
export interface ComparedRef {
  readonly key: string;
  /** Such as `heads/main`. */
  readonly name: string;
  readonly version: Digest;
  readonly there: ReadRef | null;
  readonly outcome: RefOutcome;
  readonly bytes: Buffer;
}

export async function compareRefs(
  from: ObjectStore,
  to: ObjectStore,
  refs: readonly Listed<'ref'>[],
): Promise<ComparedRef[]> {
  const compared: ComparedRef[] = [];
  for (const { key, ref: name } of refs) {
    const [object, here, there] = [await from.get(key), await readRef(from, key), await readRef(to, key)];
    if (!object || !here) continue;
    compared.push({
      key,
      name,
      version: here.manifest,
      there,
      outcome: await outcomeOf(from, name, here.manifest, there?.manifest ?? null),
      bytes: object.bytes,
    });
  }
  return compared;
}

async function outcomeOf(from: ObjectStore, name: string, here: Digest, there: Digest | null): Promise<RefOutcome> {
  if (there === null) return 'new';
  if (here === there) return 'same';
  // A tag never moves, not even forward.
  if (name.startsWith('tags/')) return 'differs';
  for (let version: Digest | null = here; version !== null; version = (await readManifest(from, version)).record.parent)
    if (version === there) return 'forward';
  return 'differs';
}

/** By compare-and-swap: when somebody moves it meanwhile, it stays where they moved it. */
export async function moveRef(to: ObjectStore, ref: ComparedRef): Promise<ComparedRef> {
  if (ref.outcome === 'same' || ref.outcome === 'differs') return ref;
  if (await to.putIf(ref.key, ref.bytes, ref.there ? { etag: ref.there.etag } : 'absent')) return ref;
  const there = await readRef(to, ref.key);
  return { ...ref, there, outcome: there?.manifest === ref.version ? 'same' : 'differs' };
}
