import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { reusableSnapshot, stepCauses } from '../datasets/plan/reuse.ts';
import type { PartitionPage } from '../workflows/messages.ts';
import type { RunState } from './run-state.ts';

/** With about seven events a partition, a run's history stays far under Temporal's limit. */
export const PARTITIONS_A_PAGE = 200;

/** Partitions where some step has something to do; the commit takes the others from the parent without a workflow. */
export async function listPartitions(state: RunState, cursor: string | null, atMost: number): Promise<PartitionPage> {
  const source = await state.source();
  const steps = state.plan.steps.filter((step) => !step.source);
  const changed = steps.some((step) => state.renamed.has(step.name) || stepCauses(step, state.parent).length > 0);
  const todo = Object.keys(source.partitions)
    .filter((partition) => changed || !isReusable(state, source.step, steps, partition, source.partitions))
    .toSorted();
  const rest = cursor === null ? todo : todo.filter((partition) => partition > cursor);
  const partitions = rest.slice(0, atMost);
  return { partitions, total: todo.length, next: rest.length > atMost ? partitions.at(-1)! : null };
}

function isReusable(
  { parent }: RunState,
  source: PlannedStep,
  steps: readonly PlannedStep[],
  partition: string,
  rows: Awaited<ReturnType<RunState['source']>>['partitions'],
): boolean {
  const before = parent?.state.steps[source.name]?.partitions[partition];
  if (before?.values !== rows[partition]!.snapshot.values) return false;
  return steps.every((step) => reusableSnapshot(step, partition, parent) !== null);
}
