import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { Forecast } from './forecast.ts';
import { leftOut, reusableSnapshot, stepCauses } from './reuse.ts';
import type { PlannedStep, RunPlan } from './run-plan.ts';

/** The rows of a step that a run may compute, by the files that hold their inputs. */
export interface RowsToCompute {
  /** Values files by step, of the steps that are read and of the step itself, partition by partition. */
  readonly files: ReadonlyMap<string, readonly Digest[]>;
  /** Only rows that failed before with one of these codes (`*` is any); null for all rows. */
  readonly failedWith: readonly string[] | null;
}

/** Null when the inputs aren't known before the run, since what the step reads is computed first. */
export function rowsToCompute(
  step: PlannedStep,
  plan: RunPlan,
  { steps: forecasts }: Forecast,
  parent: Manifest | null,
): RowsToCompute | null {
  const source = plan.steps.find((each) => each.source)!;
  const upstream = [...new Set([source.name, ...step.needs])];
  const settled = upstream.every((name) => forecasts.find((each) => each.step === name)?.changes === false);
  if (parent === null || !settled) return null;

  const all = Object.keys(parent.state.steps[source.name]?.partitions ?? {});
  const changed = stepCauses(step, parent).length > 0;
  const partitions = changed ? all : all.filter((partition) => !reusableSnapshot(step, partition, parent));
  const before = parent.state.steps[step.name]?.partitions ?? {};
  const onlyRetries =
    !changed && partitions.every((partition) => partition in before && leftOut(before[partition]!.counts) === 0);
  const names = [
    ...new Set([...Object.values(step.reads).map((read) => read.step), ...(onlyRetries ? [step.name] : [])]),
  ];
  const files = names.map((name): [string, Digest[]] => [
    name,
    partitions.map((partition) => parent.state.steps[name]!.partitions[partition]!.values),
  ]);
  return { files: new Map(files), failedWith: onlyRetries ? step.askAgain : null };
}
