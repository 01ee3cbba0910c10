import type { BlobStore } from '../manifests/blob-store.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { NOT_SAMPLED } from '../datasets/cell.ts';
import { text } from '../datasets/column-type.ts';
import { compareIds } from '../datasets/compare-ids.ts';
import type { RowReader } from '../datasets/parquet/database.ts';
import { readParquet } from '../datasets/parquet/read-parquet.ts';
import { reusableSnapshot } from '../datasets/plan/reuse.ts';
import type { RunPlan } from '../datasets/plan/run-plan.ts';
import { LEFT_OUT, type Outlook, RETRY, stepReasons } from '../datasets/plan/step-reasons.ts';

/** What becomes of one row in one step. */
export interface PlannedRow {
  readonly id: string;
  /** `reused`, or why it is computed. */
  readonly why: string;
  /** False when that depends on what a step before it makes, or on what other branches have. */
  readonly certain: boolean;
}

/** A step that the plan hasn't. */
export class UnknownStepError extends GettokError {
  override readonly name = 'UnknownStepError';
  override readonly wrongUse = true;
}

interface RowsContext {
  readonly plan: RunPlan;
  readonly parent: Manifest | null;
  readonly outlook: Outlook;
  readonly blobs: BlobStore;
  readonly database: RowReader;
}

/** Every row of a step with what becomes of it, sorted by id. Rows that nobody has asked for yet have no id and are left out. */
export async function planRows(
  { plan, parent, outlook, blobs, database }: RowsContext,
  step: string,
): Promise<PlannedRow[]> {
  const names = plan.steps.map(({ name }) => name);
  if (!names.includes(step)) throw new UnknownStepError(`--rows ${step}: expected a step: ${names.join(', ')}.`);
  const source = plan.steps.find((each) => each.source)!;
  const { askAgain } = plan.steps.find(({ name }) => name === step)!;
  const { groups, steps } = stepReasons(plan, parent, outlook);
  const columns = { id: text(), status: text(), error_code: text() };
  const read = async (of: string, partition: string) => {
    const snapshot = parent?.state.steps[of]?.partitions[partition];
    return snapshot ? await readParquet(database, await blobs.file(snapshot.values), columns) : [];
  };
  const rows: PlannedRow[] = [];
  for (const [index, group] of groups.entries()) {
    const partition = group.movedFrom ?? group.partition;
    const ids = group.ids ?? (await read(source.name, partition)).map(({ id }) => id as string);
    const { rest, ownCells, isTaken, isCertain } = steps.get(step)![index]!;
    const isWhole = !ownCells || reusableSnapshot({ name: step, askAgain }, partition, parent) !== null;
    const before = isWhole ? [] : await read(step, partition);
    const failed = new Set(failedIds(before, askAgain));
    const leftOut = new Set(before.flatMap((row) => (row['error_code'] === NOT_SAMPLED ? [row['id']] : [])));
    for (const id of ids) {
      const own = leftOut.has(id) ? LEFT_OUT : failed.has(id) ? RETRY : null;
      const why = isTaken?.(id) ? null : (own ?? rest?.why ?? null);
      rows.push({ id, why: why ?? 'reused', certain: why === null || isCertain(id, own !== null) });
    }
  }
  return rows.toSorted((a, b) => compareIds(a.id, b.id));
}

const failedIds = (rows: readonly { readonly [column: string]: unknown }[], codes: readonly string[]): string[] =>
  rows.flatMap(({ id, status, error_code: code }) =>
    status === 'failed' && typeof code === 'string' && (codes.includes('*') || codes.includes(code))
      ? [id as string]
      : [],
  );
