import pMap from 'p-map';
import { hexOf } from '../manifests/digest.ts';
import type { Manifest } from '../manifests/manifest.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { forecast } from '../datasets/plan/forecast.ts';
import type { SourceOutlook } from '../datasets/plan/row-groups.ts';
import type { PlannedStep, RunPlan } from '../datasets/plan/run-plan.ts';
import type { Outlook } from '../datasets/plan/step-reasons.ts';
import { indexPrefix } from './reusable-cells.ts';

/**
 * Completes what a plan is decided from by what the index has beside the parent's files: cells of other branches, of earlier
 * versions, or of runs that didn't end. One listing for each step that has something to compute; no file is read.
 */
export async function withKnownCells(
  store: Pick<ObjectStore, 'list'>,
  plan: RunPlan,
  parent: Manifest | null,
  source: SourceOutlook,
): Promise<Outlook> {
  const { steps } = forecast(plan, parent, { ...source, isKnown: () => false });
  const open = plan.steps.filter(({ name }) => steps.some(({ step, compute }) => step === name && compute.low > 0));
  const known = new Map(
    await pMap(
      open.filter((step) => !step.source),
      async (step) => [step.name, await knownPartitions(store, plan, step, parent)] as const,
    ),
  );
  return {
    ...source,
    isKnown: (step, partition) => {
      const partitions = known.get(step);
      return partitions !== undefined && (partition === null ? partitions.size > 0 : partitions.has(partition));
    },
  };
}

/** Partitions of which the index has another file of the step's configuration than the parent's. */
async function knownPartitions(
  store: Pick<ObjectStore, 'list'>,
  { dataset }: RunPlan,
  step: PlannedStep,
  parent: Manifest | null,
): Promise<ReadonlySet<string>> {
  const prefix = indexPrefix({ dataset, step });
  const own = new Set(
    Object.entries(parent?.state.steps[step.name]?.partitions ?? {}).map(
      ([partition, { values, provenance }]) => `${partition}/${hexOf(values)}-${hexOf(provenance)}`,
    ),
  );
  const found = new Set<string>();
  for await (const { key } of store.list(prefix)) {
    const entry = key.slice(prefix.length);
    if (!own.has(entry)) found.add(entry.slice(0, entry.lastIndexOf('/')));
  }
  return found;
}
