import { equalJson, type Json } from '../../manifests/canonical-json.ts';
import type { Manifest, PartitionSnapshot, StatusCounts } from '../../manifests/manifest.ts';
import { NOT_SAMPLED } from '../cell.ts';
import type { PlannedStep } from './run-plan.ts';

/** Failed cells among these counts that the plan asks again. */
export function askedAgain(counts: StatusCounts, codes: readonly string[]): number {
  const failed = Object.entries(counts.failed);
  return failed.reduce((sum, [code, rows]) => sum + (codes.includes('*') || codes.includes(code) ? rows : 0), 0);
}

/** Rows that a pilot didn't ask about. */
export const leftOut = ({ skipped }: StatusCounts): number => skipped[NOT_SAMPLED] ?? 0;

/** Why a step's partition can't be taken from the parent as it is; null when it can. */
export type Reason =
  | 'new step'
  | 'new partition'
  | 'step kind'
  | 'revision'
  | 'parameters'
  | 'output columns'
  | 'outside'
  | 'needs'
  | 'not sampled'
  | 'retry';

/** Compares configurations alone: the same for all partitions of a step, so it is asked once a step. */
export function configurationReason(step: PlannedStep, parent: Manifest | null): Reason | null {
  const before = parent?.state.steps[step.name];
  if (!before) return 'new step';
  if (before.kind !== step.kind) return 'step kind';
  if (before.revision !== step.revision) return 'revision';
  if (before.configuration !== step.configuration) return 'parameters';
  if (!equalJson(before.columns as Json, step.columns)) return 'output columns';
  // The same columns read from other steps: their values may differ, so the cell keys decide.
  if (!equalJson(before.needs.toSorted(), step.needs.toSorted())) return 'needs';
  if ((parent?.record.steps[step.name]?.outside ?? null) !== step.outside) return 'outside';
  return null;
}

/** The parent's snapshot of one partition when nothing of its own keeps it from being reused. */
export function reusableSnapshot(
  step: PlannedStep,
  partition: string,
  parent: Manifest | null,
): PartitionSnapshot | Reason {
  const before = parent?.state.steps[step.name]?.partitions[partition];
  if (!before) return 'new partition';
  // A pilot left rows out: whoever runs the rest makes them, and another sample has others.
  if (leftOut(before.counts) > 0) return 'not sampled';
  return askedAgain(before.counts, step.askAgain) > 0 ? 'retry' : before;
}
