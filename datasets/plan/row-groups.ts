import type { Manifest } from '../../manifests/manifest.ts';
import type { CollectEstimate } from './collect-estimate.ts';
import type { RowGroup, SourceChanges } from './source-changes.ts';
import type { PlannedStep } from './run-plan.ts';

/** What is known of a source's rows before a run. */
export interface SourceOutlook {
  /** Of a source that reads files and is not fresh; null when nobody has looked. */
  readonly changes: SourceChanges | null;
  /** Of a source that asks an API and is not fresh. */
  readonly estimate?: CollectEstimate | null;
}

/** The rows that a plan's steps will have, by how they differ from the parent's. */
export function rowGroups(
  source: PlannedStep,
  parent: Manifest | null,
  { changes, estimate }: SourceOutlook,
): readonly RowGroup[] {
  if (!source.fresh && changes) return changes.groups;
  const before = parent?.state.steps[source.name];
  const asked = source.fresh ? null : (estimate ?? null);
  // Rows that answer another query don't stay.
  const stay = asked === null || before?.collection?.identity === source.collect?.identity;
  const isAgain = source.collect?.refresh === true;
  const kept = Object.entries(stay ? (before?.partitions ?? {}) : {}).map(([partition, { rows }]): RowGroup => ({
    partition,
    isNew: false,
    // Nobody has looked, or it is asked for again: any column may be another.
    changed: source.fresh || (asked !== null && !isAgain) ? [] : null,
    rows,
  }));
  if (asked === null || isAgain) return kept;
  const { low, high } = asked.rows;
  return [...kept, { partition: '', isNew: true, changed: [], rows: high ?? low, atLeast: low }];
}
