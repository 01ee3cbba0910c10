import { canonicalJson } from '../../manifests/canonical-json.ts';
import { type Digest, hexOf } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { PlannedStep } from './run-plan.ts';

/** Fingerprints that were looked into and changed nothing, so that the next plan need not look again. */
const keyOf = (dataset: string, version: Digest) => `index/${dataset}/outside/${hexOf(version)}.json`;

/** Notes that what lies outside now gives the very values of this version. */
export const noteOutsideSeen = (store: ObjectStore, dataset: string, version: Digest, steps: readonly PlannedStep[]) =>
  store.put(
    keyOf(dataset, version),
    Buffer.from(canonicalJson(Object.fromEntries(steps.map(({ name, outside }) => [name, outside])))),
  );

/** The version's manifest with the fingerprints that were last found to change nothing of it. */
export async function withOutsideSeen(store: ObjectStore, version: Digest, manifest: Manifest): Promise<Manifest> {
  const object = await store.get(keyOf(manifest.state.dataset, version));
  if (!object) return manifest;
  const seen = JSON.parse(object.bytes.toString('utf8')) as Record<string, Digest | null>;
  const steps = Object.entries(manifest.record.steps).map(([name, step]) => [
    name,
    { ...step, outside: name in seen ? (seen[name] ?? null) : step.outside },
  ]);
  return {
    ...manifest,
    record: { ...manifest.record, steps: Object.fromEntries(steps) as typeof manifest.record.steps },
  };
}
