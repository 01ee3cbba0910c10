import type { BlobStore } from '../manifests/blob-store.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { NOT_SAMPLED } from '../datasets/cell.ts';
import { text } from '../datasets/column-type.ts';
import { compareIds } from '../datasets/compare-ids.ts';
import type { RowReader } from '../datasets/parquet/database.ts';
import { readParquet } from '../datasets/parquet/read-parquet.ts';
import { groupReasons, type Outlook } from '../datasets/plan/forecast.ts';
import type { RunPlan } from '../datasets/plan/run-plan.ts';

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
  const { groups, steps } = groupReasons(plan, parent, outlook);
  const columns = { id: text(), status: text(), error_code: text() };
  const read = async (of: string, partition: string) => {
    const snapshot = parent?.state.steps[of]?.partitions[partition];
    return snapshot ? await readParquet(database, await blobs.file(snapshot.values), columns) : [];
  };
  const rows: PlannedRow[] = [];
  for (const [index, group] of groups.entries()) {
    const ids = group.ids ?? (await read(source.name, group.partition)).map(({ id }) => id as string);
    const { reasons } = steps.get(step)![index]!;
    const retry = reasons.find(({ why }) => why === 'retry');
    const left = reasons.find(({ why }) => why === 'not sampled');
    const before = retry || left ? await read(step, group.partition) : [];
    const failed = new Set(retry ? failedIds(before, askAgain) : []);
    const leftOut = new Set(before.flatMap((row) => (row['error_code'] === NOT_SAMPLED ? [row['id']] : [])));
    const rest = reasons.find((reason) => reason !== retry && reason !== left);
    for (const id of ids) {
      const reason = left && leftOut.has(id) ? left : failed.has(id) ? retry : rest;
      const certain = reason === undefined || reason.compute.low === reason.rows;
      rows.push({ id, why: reason?.why ?? 'reused', certain });
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
