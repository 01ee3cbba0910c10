import { z } from 'zod';
import { equalJson, type Json } from '../../manifests/canonical-json.ts';
import { type Digest, isDigest } from '../../manifests/digest.ts';
import { type Manifest, parentsOf, type StepState } from '../../manifests/manifest.ts';
import { type Cause, causeLabels } from '../causes.ts';
import { configurationChanges } from '../configuration-changes.ts';
import { stepsInOrder } from '../steps-in-order.ts';

const digest = z.custom<Digest>(isDigest);

/** One version as a history shows it. */
export const logEntrySchema = z.strictObject({
  version: digest,
  /** Versions that it was made from; the first is that of its branch. */
  parents: z.array(digest),
  run: z.string(),
  /** Where it was made; branches that were cut from there have it too. */
  branch: z.string(),
  by: z.string().nullable(),
  message: z.string().nullable(),
  /** Epoch milliseconds. */
  createdMs: z.number(),
  rows: z.number(),
  /** Of the first parent; null for the first version. */
  rowsBefore: z.number().nullable(),
  /** Steps whose configuration or values differ from the first parent's, and in what. */
  changes: z.array(z.strictObject({ step: z.string(), what: z.array(z.string()) })),
  calls: z.number(),
  costNanoUsd: z.string(),
});

export type LogEntry = z.infer<typeof logEntrySchema>;

/** `before` is the manifest of the first parent. */
export function logEntry(version: Digest, { state, record }: Manifest, before: Manifest | null): LogEntry {
  const paid = Object.values(record.steps).map((step) => step.paid);
  return {
    version,
    parents: parentsOf(record),
    run: record.run,
    branch: record.branch,
    by: record.by,
    message: record.message,
    createdMs: Number(record.created_at),
    rows: rowsOf(state),
    rowsBefore: before && rowsOf(before.state),
    changes: changesOf(state.steps, before?.state.steps ?? {}),
    calls: paid.reduce((sum, { calls }) => sum + calls, 0),
    costNanoUsd: String(paid.reduce((sum, { cost_nano_usd: cost }) => sum + BigInt(cost), 0n)),
  };
}

const rowsOf = ({ steps }: Manifest['state']): number =>
  Object.values(Object.values(steps).find(({ source }) => source)?.partitions ?? {}).reduce(
    (sum, { rows }) => sum + rows,
    0,
  );

type Steps = Readonly<Record<string, StepState>>;

function changesOf(steps: Steps, before: Steps): LogEntry['changes'] {
  const changed = stepsInOrder(steps).map(([step, state]) => ({ step, what: differences(state, before[step]) }));
  const gone = Object.keys(before)
    .toSorted()
    .filter((step) => !Object.hasOwn(steps, step));
  return [...changed.filter(({ what }) => what.length > 0), ...gone.map((step) => ({ step, what: ['removed'] }))];
}

/** By digests and parameters alone: no file is read. */
function differences(step: StepState, before: StepState | undefined): string[] {
  if (!before) return ['new step'];
  const causes = configurationChanges(before, step).map(({ cause }) => cause);
  const columns: readonly Cause[] = equalJson(step.columns as Json, before.columns as Json)
    ? []
    : [{ word: 'output schema' }];
  if (causes.length + columns.length > 0) return causeLabels([...causes, ...columns]);
  const partitions = new Set([...Object.keys(step.partitions), ...Object.keys(before.partitions)]);
  const same = [...partitions].every(
    (partition) => step.partitions[partition]?.values === before.partitions[partition]?.values,
  );
  return same ? [] : ['values'];
}
