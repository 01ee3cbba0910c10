import type { CallTotals, PartitionSnapshot, StatusCounts } from '../manifests/manifest.ts';
import type { Call } from '../datasets/call.ts';
import type { Cell } from '../datasets/cell.ts';
import { text } from '../datasets/column-type.ts';
import { readParquet } from '../datasets/parquet/read-parquet.ts';
import type { PlannedStep, RunPlan } from '../datasets/plan/run-plan.ts';
import { type StepResult, totalOfCalls } from '../datasets/step-result.ts';
import { isPaidSince } from './models/step-meter.ts';
import type { WorkerServices } from './worker-services.ts';

/** Salts by row id, from the provenance file of the source step: the Merkle leaves of all steps are made with them. */
export async function readSalts(services: WorkerServices, source: PartitionSnapshot): Promise<Map<string, Buffer>> {
  const path = await services.blobs.file(source.provenance);
  const rows = await readParquet(services.database, path, { id: text(), salt: text() });
  return new Map(rows.map(({ id, salt }) => [id as string, Buffer.from(salt as string, 'hex')]));
}

/** Writes the two files of a step partition. `cells` are sorted by id; `paid` counts what this run itself asked. */
export async function storeSnapshot(
  services: Pick<WorkerServices, 'blobs' | 'files'>,
  { run, startedAt }: Pick<RunPlan, 'run' | 'startedAt'>,
  step: PlannedStep,
  cells: readonly Cell[],
  salts: ReadonlyMap<string, Uint8Array>,
): Promise<Pick<StepResult, 'snapshot' | 'record'> & { readonly paid: CallTotals }> {
  const { columns, name } = step;
  const files = await services.files.step({ columns, step: name, cells, salts });
  const [values, provenance] = await Promise.all([
    services.blobs.put(files.values),
    services.blobs.put(files.provenance),
  ]);
  const answers = [...new Set(cells.flatMap((cell) => cell.answers ?? []))].toSorted();
  const snapshot = {
    values,
    provenance,
    rows: cells.length,
    counts: countsOf(cells),
    root: files.root,
    ...(answers.length > 0 && { answers }),
  };
  const calls = cells.flatMap((cell) => cell.calls);
  // A call that an earlier run paid for is in the journal, and is no call of this run.
  const paidNow = isPaidSince(startedAt);
  return {
    snapshot,
    record: { run, models: modelsOf(calls), ...totalOfCalls(calls) },
    paid: totalOfCalls(cells.flatMap((cell) => (cell.run === run ? cell.calls.filter(paidNow) : []))),
  };
}

export function countsOf(cells: Iterable<Cell>): StatusCounts {
  let ok = 0;
  const byCode: Record<'skipped' | 'failed', Record<string, number>> = { skipped: {}, failed: {} };
  for (const { status, errorCode } of cells) {
    if (status === 'ok') ok += 1;
    else byCode[status][errorCode!] = (byCode[status][errorCode!] ?? 0) + 1;
  }
  return { ok, ...byCode };
}

/** Calls by what was asked and what answered, such as `openai gpt-4o → gpt-4o-2024-11-20`. */
function modelsOf(calls: readonly Call[]): Record<string, number> {
  const models: Record<string, number> = {};
  for (const call of calls) {
    const label = `${call.provider} ${call.model_requested} → ${call.model_returned ?? 'not stated'}`;
    models[label] = (models[label] ?? 0) + 1;
  }
  return models;
}
