import { equalJson, type Json } from '../../manifests/canonical-json.ts';
import type { Manifest, PartitionSnapshot, StatusCounts, StepState } from '../../manifests/manifest.ts';
import type { Cause } from '../causes.ts';
import { NOT_SAMPLED } from '../cell.ts';
import { configurationChanges } from '../configuration-changes.ts';
import type { PlannedStep } from './run-plan.ts';

/** Failed cells among these counts that the plan asks again. */
export function askedAgain(counts: StatusCounts, codes: readonly string[]): number {
  const failed = Object.entries(counts.failed);
  return failed.reduce((sum, [code, rows]) => sum + (codes.includes('*') || codes.includes(code) ? rows : 0), 0);
}

/** Rows that a pilot didn't ask about. */
export const leftOut = ({ skipped }: StatusCounts): number => skipped[NOT_SAMPLED] ?? 0;

/**
 * What keeps a step's files from being taken from the parent as they are, in all partitions alike: none when nothing does.
 * Digests and parameters alone decide, so it is asked once a step.
 */
export function stepCauses(step: PlannedStep, parent: Manifest | null): Cause[] {
  const before = parent?.state.steps[step.name];
  if (!before) return [{ word: 'new step' }];
  const changes = configurationChanges(before, step).map(({ cause }) => cause);
  const inputs = otherReads(before, step);
  const isSame = changes.length === 0;
  const otherColumns = isSame && !equalJson(before.columns as Json, step.columns);
  const otherFiles = (parent?.record.steps[step.name]?.outside ?? null) !== step.outside;
  return [
    ...changes,
    ...(inputs.length > 0 ? [{ word: 'input', names: inputs } as const] : []),
    // The columns of an imported file are found in it.
    ...(otherColumns && !step.source ? [{ word: 'output schema' } as const] : []),
    ...(otherFiles || (otherColumns && step.source) ? [{ word: 'source' } as const] : []),
  ];
}

/** Columns that the step reads in place of others; what another prompt mentions anew is the prompt's doing. */
function otherReads(before: StepState, { needs, reads, configuration }: PlannedStep): string[] {
  const now = new Map(Object.entries(reads).map(([role, { step, column }]) => [role, `${step}.${column}`]));
  // Versions made before reads were kept say only which steps were read.
  if (before.reads === undefined)
    return equalJson(before.needs.toSorted(), needs.toSorted()) ? [] : [...new Set(now.values())];
  const isSame = before.configuration === configuration;
  const roles = [...new Set([...Object.keys(before.reads), ...now.keys()])];
  return roles.flatMap((role) => {
    const [was, is] = [before.reads![role], now.get(role)];
    if (was === is) return [];
    return was !== undefined && is !== undefined ? [is] : isSame ? [is ?? was!] : [];
  });
}

/** The parent's snapshot of one partition when none of its cells has to be made; null when some have. */
export function reusableSnapshot(
  step: Pick<PlannedStep, 'name' | 'askAgain'>,
  partition: string,
  parent: Manifest | null,
): PartitionSnapshot | null {
  const before = parent?.state.steps[step.name]?.partitions[partition];
  // A pilot left rows out: whoever runs the rest makes them, and another sample has others.
  return before && leftOut(before.counts) === 0 && askedAgain(before.counts, step.askAgain) === 0 ? before : null;
}
