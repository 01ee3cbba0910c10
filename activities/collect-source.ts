import { randomBytes } from 'node:crypto';
import type { Manifest, PartitionSnapshot } from '../manifests/manifest.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import { listRefs } from '../manifests/refs.ts';
import { canonicalRow } from '../datasets/canonical-row.ts';
import type { Cell } from '../datasets/cell.ts';
import { cellKey } from '../datasets/configuration.ts';
import { columnsFromJson, text } from '../datasets/column-type.ts';
import { partitionOf } from '../datasets/partition.ts';
import { readParquet } from '../datasets/parquet/read-parquet.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { stageRows } from '../datasets/row-staging.ts';
import { NO_STATUS } from '../datasets/status-counts.ts';
import { NO_CALLS, type SourcePartition, type SourceResult, type Work } from '../datasets/step-result.ts';
import { NOTHING_ASKED } from './models/step-meter.ts';
import { type RunState, takenOver } from './run-state.ts';
import { softwareText } from './software-text.ts';
import { storeSnapshot } from './store-snapshot.ts';
import type { SourceRow, StepKind } from './step-kind.ts';
import type { ActivityScope, WorkerServices } from './worker-services.ts';

/** A row as it was in an earlier version: its salt is carried on, and its partition says where its cells are. */
interface Earlier {
  readonly salt: string;
  readonly cellKey: string;
  readonly run: string;
  readonly software: string;
  readonly partition: string;
}

const EARLIER = { id: text(), salt: text(), cell_key: text(), run: text(), software: text() };

/** Collects all rows of a source, refuses duplicates, and writes the partitions one after another. */
export async function collectSource(
  services: WorkerServices,
  state: RunState,
  kind: StepKind,
  step: PlannedStep,
  scope: ActivityScope,
): Promise<SourceResult> {
  const { plan, parent } = state;
  const already = await state.collected(step.name);
  if (already) return already;
  const columns = columnsFromJson(step.columns);
  const progress = { step: step.name, partition: null, rows: 0, done: 0, computed: 0, reused: 0 };
  const beat = setInterval(() => scope.heartbeat({ ...progress, ...NO_STATUS, ...NOTHING_ASKED }), 1000);
  try {
    const rows = kind.rows!(step.params, plan.folder, columns, scope.signal);
    const counted = counting(rows, () => (progress.rows += 1));
    await using staged = await stageRows(counted, (row) => partitionOf(plan.partition, row), {
      folder: services.scratchFolder,
    });
    const earlier = await findEarlier(services, state, step, staged);
    const partitions: Record<string, SourcePartition> = {};
    for (const partition of staged.partitions) {
      scope.signal.throwIfAborted();
      const staging = await staged.rowsOf(partition);
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
      progress.done += cells.length;
    }
    scope.signal.throwIfAborted();
    return await state.putSource(step.name, { partitions });
  } finally {
    clearInterval(beat);
  }
}

async function* counting(rows: AsyncIterable<SourceRow>, count: () => void): AsyncIterable<SourceRow> {
  for await (const row of rows) {
    count();
    yield row;
  }
}

/** A row that is as it was keeps the run and the programs that brought it in; only its values may be new to this run. */
function sourceCell(
  services: WorkerServices,
  run: string,
  step: PlannedStep,
  { id, values }: SourceRow,
  earlier: Earlier | undefined,
): Cell {
  const complete = Object.fromEntries(step.columns.map(({ name }) => [name, values[name] ?? null]));
  const cell = { id, values: complete, status: 'ok' as const, errorCode: null };
  const key = cellKey(step.configuration, {}, canonicalRow(columnsFromJson(step.columns), cell));
  const same = earlier?.cellKey === key ? earlier : null;
  return {
    ...cell,
    cellKey: key,
    run: same?.run ?? run,
    errorMessage: null,
    software: same?.software ?? softwareText(services.software),
    calls: [],
    salt: earlier?.salt ?? randomBytes(32).toString('hex'),
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
  staged: { readonly partitions: readonly string[]; rowsOf(partition: string): Promise<readonly SourceRow[]> },
): Promise<(partition: string, rows: readonly SourceRow[]) => Promise<Map<string, Earlier>>> {
  const read = async (partition: string, snapshot: PartitionSnapshot | undefined) => {
    if (!snapshot) return [];
    const path = await services.blobs.file(snapshot.provenance);
    const rows = await readParquet(services.database, path, EARLIER);
    return rows.map((row): [string, Earlier] => [
      row['id'] as string,
      {
        salt: row['salt'] as string,
        cellKey: row['cell_key'] as string,
        run: row['run'] as string,
        software: row['software'] as string,
        partition,
      },
    ]);
  };
  const before = parent?.state.steps[step.name]?.partitions ?? {};

  const missing = new Set<string>();
  for (const partition of staged.partitions) {
    const here = new Set((await read(partition, before[partition])).map(([id]) => id));
    for (const { id } of await staged.rowsOf(partition)) if (!here.has(id)) missing.add(id);
  }
  const elsewhere = new Map<string, Earlier>();
  const look = async (manifest: Manifest) => {
    const source = Object.values(manifest.state.steps).find((each) => each.source);
    for (const [partition, snapshot] of Object.entries(source?.partitions ?? {})) {
      if (missing.size === 0) return;
      for (const [id, row] of await read(partition, snapshot)) if (missing.delete(id)) elsewhere.set(id, row);
    }
  };
  if (parent) await look(parent);
  for (const { manifest } of missing.size > 0 ? (await listRefs(services.store, plan.dataset, 'heads')).values() : [])
    if (manifest !== plan.parent) await look(await readManifest(services.store, manifest));

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
