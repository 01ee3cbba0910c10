import type { Manifest, PartitionSnapshot } from '../manifests/manifest.ts';
import { reusableSnapshot, stepCauses } from '../datasets/plan/reuse.ts';
import type { PlannedStep, RunPlan } from '../datasets/plan/run-plan.ts';
import type { StepFiles } from './reusable-cells.ts';

/** Inputs of one step partition as `keyRows` wants them. */
type Inputs = ReadonlyMap<string | null, Pick<PartitionSnapshot, 'values'>>;

export interface ExpectedFiles {
  /**
   * Partitions of a step whose wanted keys can be known before the run, since all of their inputs are: with these. To be
   * asked in the plan's order; partitions that are taken from the parent as they are, are not among them.
   */
  toKey(step: PlannedStep): ReadonlyMap<string, Inputs>;
  /** These are the files that the partition will have. */
  add(step: PlannedStep, partition: string, files: StepFiles): void;
}

/** Files that the steps will certainly have after a run: the parent's where nothing changes, and those that are added. */
export function createExpectedFiles(plan: RunPlan, parent: Manifest | null): ExpectedFiles {
  const source = plan.steps.find((step) => step.source)!;
  const expected = new Map<string, Map<string, StepFiles>>();
  const before = parent?.state.steps[source.name]?.partitions ?? {};
  if (source.fresh) expected.set(source.name, new Map(Object.entries(before)));

  function toKey(step: PlannedStep): ReadonlyMap<string, Inputs> {
    const certain = new Map<string, StepFiles>();
    expected.set(step.name, certain);
    // Another step of the same configuration makes the same cells; what lies outside is looked at by the run.
    const isOpen =
      step.outside !== null || plan.steps.some((other) => other !== step && other.configuration === step.configuration);
    const isSame = stepCauses(step, parent).length === 0;
    const needs = [...new Set([source.name, ...step.needs])];
    const found = new Map<string, Inputs>();
    for (const partition of Object.keys(before)) {
      const inputs = needs.flatMap((need): [string, StepFiles][] => {
        const files = expected.get(need)?.get(partition);
        return files ? [[need, files]] : [];
      });
      if (inputs.length < needs.length) continue;
      const parents = isSame && reusableSnapshot(step, partition, parent);
      const sameInputs = inputs.every(
        ([need, { values }]) => parent?.state.steps[need]?.partitions[partition]?.values === values,
      );
      if (parents && sameInputs) certain.set(partition, parents);
      else if (!isOpen && !(isSame && sameInputs))
        found.set(partition, new Map<string | null, StepFiles>([[null, inputs[0]![1]], ...inputs]));
    }
    return found;
  }

  return { toKey, add: ({ name }, partition, files) => void expected.get(name)!.set(partition, files) };
}
