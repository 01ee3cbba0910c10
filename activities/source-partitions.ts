import { randomBytes } from 'node:crypto';
import type { Manifest, PartitionSnapshot } from '../manifests/manifest.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import { listRefs } from '../manifests/refs.ts';
import { canonicalRow } from '../datasets/canonical-row.ts';
import type { Cell } from '../datasets/cell.ts';
import { cellKey } from '../datasets/configuration.ts';
import { columnsFromJson } from '../datasets/column-type.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import type { StagedRow, StagedRows } from '../datasets/row-staging.ts';
import { readSourceProvenance, type SourceProvenance } from '../datasets/step-files.ts';
import { NO_CALLS, type SourcePartition, type Work } from '../datasets/step-result.ts';
import { type RunState, takenOver } from './run-state.ts';
import { softwareText } from './software-text.ts';
import { storeSnapshot } from './store-snapshot.ts';
import type { WorkerServices } from './worker-services.ts';

/** A row as it was in an earlier version: its salt is carried on, and its partition says where its cells are. */
interface Earlier extends SourceProvenance {
  readonly partition: string;
  /** Of another branch, and of none of this one's earlier versions. */
  readonly isForeign: boolean;
}

/** Writes the partitions of a source's rows one after another; `stored` is told how many rows each has. */
export async function storeSourcePartitions(
  services: WorkerServices,
  state: RunState,
  step: PlannedStep,
  staged: StagedRows,
  { signal, stored }: { readonly signal: AbortSignal; readonly stored: (rows: number) => void },
): Promise<Record<string, SourcePartition>> {
  const { plan, parent } = state;
  const earlier = await findEarlier(services, state, step, staged);
  const partitions: Record<string, SourcePartition> = {};
  for (const partition of staged.partitions) {
    signal.throwIfAborted();
    const staging = await staged.rowsOf(partition);
    // All of its rows came again later, and stand in another partition.
    if (staging.length === 0) continue;
    const known = await earlier(partition, staging);
    const cells = staging.map((row) => sourceCell(services, plan.run, step, row, known.get(row.id)));
    const salts = new Map(cells.map(({ id, salt }) => [id, Buffer.from(salt!, 'hex')]));
    const made = await storeSnapshot(services, plan, step, cells, salts);
    const before = parent && takenOver(parent, step.name, partition);
    const movedFrom = [...new Set([...known.values()].map((row) => row.partition))].filter(
      (from) => from !== partition,
    );
    // Equal values keep the parent's files, whose provenance says when the rows really came in.
    const same = before?.snapshot.values === made.snapshot.values && before.snapshot.root === made.snapshot.root;
    partitions[partition] = {
      ...(same ? before : { ...made, work: workOf(cells, plan.run) }),
      ...(movedFrom.length > 0 && { movedFrom }),
    };
    stored(cells.length);
  }
  signal.throwIfAborted();
  return partitions;
}

/** A row that is as it was keeps the run and the programs that brought it in; only its values may be new to this run. */
function sourceCell(
  services: WorkerServices,
  run: string,
  step: PlannedStep,
  { id, values, place, failure, carried }: StagedRow,
  earlier: Earlier | undefined,
): Cell {
  const complete = Object.fromEntries(step.columns.map(({ name }) => [name, failure ? null : (values[name] ?? null)]));
  const outcome = failure
    ? { status: failure.status, errorCode: failure.code, errorMessage: failure.message }
    : { status: 'ok' as const, errorCode: null, errorMessage: null };
  const cell = { id, values: complete, ...outcome };
  // How far a collection goes changes none of its rows.
  const configuration = step.collect?.identity ?? step.configuration;
  const key = cellKey(configuration, {}, canonicalRow(columnsFromJson(step.columns), cell));
  // Requests of another branch are in no log of this one: a row that was asked for here says so.
  const same = earlier?.cellKey === key && !(step.collect && earlier.isForeign) ? earlier : null;
  return {
    ...cell,
    cellKey: key,
    run: same?.run ?? run,
    errorMessage: carried === true ? (same?.errorMessage ?? cell.errorMessage) : cell.errorMessage,
    software: same?.software ?? softwareText(services.software),
    calls: [],
    salt: earlier?.salt ?? randomBytes(32).toString('hex'),
    origin: same?.origin ?? place,
  };
}

function workOf(cells: readonly Cell[], run: string): Work {
  const computed = cells.filter((cell) => cell.run === run).length;
  return { computed, reused: cells.length - computed, paid: NO_CALLS };
}

/**
 * Looks up rows in earlier versions: nearly all are in the parent's partition of the same name. The parent's other files
 * are read only for ids that aren't there, and after them those of other branches, since a row has one salt a dataset.
 */
async function findEarlier(
  services: WorkerServices,
  { plan, parent }: RunState,
  step: PlannedStep,
  staged: StagedRows,
): Promise<(partition: string, rows: readonly StagedRow[]) => Promise<Map<string, Earlier>>> {
  const read = async (partition: string, snapshot: PartitionSnapshot | undefined, isForeign = false) => {
    if (!snapshot) return [];
    const rows = await readSourceProvenance(services.database, await services.blobs.file(snapshot.provenance));
    return rows.map((row): [string, Earlier] => [row.id, { ...row, partition, isForeign }]);
  };
  const before = parent?.state.steps[step.name]?.partitions ?? {};

  const missing = new Set<string>();
  for (const partition of staged.partitions) {
    const here = new Set((await read(partition, before[partition])).map(([id]) => id));
    for (const { id } of await staged.rowsOf(partition)) if (!here.has(id)) missing.add(id);
  }
  const elsewhere = new Map<string, Earlier>();
  const look = async (manifest: Manifest, isForeign: boolean) => {
    const source = Object.values(manifest.state.steps).find((each) => each.source);
    for (const [partition, snapshot] of Object.entries(source?.partitions ?? {})) {
      if (missing.size === 0) return;
      for (const [id, row] of await read(partition, snapshot, isForeign))
        if (missing.delete(id)) elsewhere.set(id, row);
    }
  };
  if (parent) await look(parent, false);
  for (const { manifest } of missing.size > 0 ? (await listRefs(services.store, plan.dataset, 'heads')).values() : [])
    if (manifest !== plan.parent) await look(await readManifest(services.store, manifest), true);

  return async (partition, rows) => {
    const here = new Map(await read(partition, before[partition]));
    return new Map(
      rows.flatMap(({ id }) => {
        const found = here.get(id) ?? elsewhere.get(id);
        return found ? [[id, found] as const] : [];
      }),
    );
  };
}
