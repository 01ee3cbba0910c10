import { equalJson } from '../manifests/canonical-json.ts';
import { cellKey, type KeyedInput } from '../datasets/configuration.ts';
import type { Cell, Status } from '../datasets/cell.ts';
import { type CellValue, type Columns, columnsFromJson, text } from '../datasets/column-type.ts';
import { jsonOf } from '../datasets/canonical-row.ts';
import { readParquet } from '../datasets/parquet/read-parquet.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { configurationReason, reusableSnapshot } from '../datasets/plan/reuse.ts';
import type { StepResult, Work } from '../datasets/step-result.ts';
import type { CallTotals, PartitionSnapshot } from '../manifests/manifest.ts';
import type { StepInput } from '../workflows/messages.ts';
import { type KeyedRow, makeCells } from './make-cells.ts';
import { addToIndex, findReusableCells } from './reusable-cells.ts';
import { type RunState, takenOver } from './run-state.ts';
import { countsOf, readSalts, storeSnapshot } from './store-snapshot.ts';
import type { StepKind } from './step-kind.ts';
import type { ActivityScope, WorkerServices } from './worker-services.ts';

/**
 * One step of one partition: takes the parent's files when nothing they depend on changed, else reads the inputs,
 * takes every earlier cell whose key is still the same, and makes the others.
 */
export async function materializeStep(
  services: WorkerServices,
  state: RunState,
  kind: StepKind,
  { step: name, partition, run }: StepInput & { readonly partition: string },
  scope: ActivityScope,
): Promise<StepResult> {
  // An activity that is tried again after its result was written has nothing left to do.
  const already = await state.result(partition, name);
  if (already) return already;
  const step = state.step(name);
  const inputs = await snapshotsOf(state, partition, step);
  const unchanged = takeParents(state, step, partition, inputs);
  if (unchanged) return state.putResult(partition, name, unchanged);

  const pending = await keyRows(services, state, kind, step, inputs);
  const { store, blobs, database } = services;
  const search = { store, blobs, database, dataset: state.plan.dataset, step };
  const before = state.parent?.state.steps[name]?.partitions[partition];
  const wanted = new Map(pending.map(({ id, cellKey: key }) => [id, key]));
  const earlier = await findReusableCells(search, wanted, before ? [before] : [], await whereToLook(state, partition));
  const cells = earlier.reusable;
  const reused = cells.size;

  const progress = () =>
    scope.heartbeat({
      step: name,
      partition,
      rows: pending.length,
      done: cells.size,
      computed: cells.size - reused,
      reused,
      ...countsOf(cells.values()),
    });
  const beat = setInterval(progress, 1000);
  progress();
  const sorted = () => pending.flatMap(({ id }) => cells.get(id) ?? []);
  const salts = await readSalts(services, inputs.get(null)!);
  // What was made before a failure or a cancellation is found by the next run through the index.
  const keep = async (some: readonly Cell[]) => {
    const { snapshot } = await storeSnapshot(services, state.plan, step, some, salts);
    await addToIndex(search, partition, snapshot);
  };
  try {
    const missing = pending.flatMap((cell) =>
      cells.has(cell.id) ? [] : [{ ...cell, askAgain: earlier.askAgain.has(cell.id) }],
    );
    await makeCells(services, kind, { plan: state.plan, step }, missing, scope.signal, (cell) =>
      cells.set(cell.id, cell),
    );
  } catch (error) {
    if (cells.size > reused) await keep(sorted()).catch(() => {});
    throw error;
  } finally {
    clearInterval(beat);
  }

  const made = await storeSnapshot(services, state.plan, step, sorted(), salts);
  const result: StepResult = {
    // Files equal to the parent's were made by the run that made the parent's.
    ...(sameFiles(before, made.snapshot) ? takenOver(state.parent!, name, partition)! : made),
    work: workOf(cells.values(), run, made.paid),
  };
  scope.signal.throwIfAborted();
  await addToIndex(search, partition, result.snapshot);
  return state.putResult(partition, name, result);
}

/** Also what an earlier attempt of this run made is its work, though this attempt found it in the index. */
function workOf(cells: Iterable<Cell>, run: string, paid: CallTotals): Work {
  const all = [...cells];
  const computed = all.filter((cell) => cell.run === run).length;
  return { computed, reused: all.length - computed, paid };
}

const sameFiles = (a: PartitionSnapshot | undefined, b: PartitionSnapshot) =>
  a?.values === b.values && a.provenance === b.provenance;

/** Snapshots of the needed steps by name, and of the source step, which says what the rows are, under null. */
async function snapshotsOf(
  state: RunState,
  partition: string,
  step: PlannedStep,
): Promise<Map<string | null, PartitionSnapshot>> {
  const source = await state.source();
  const rows = source.partitions[partition]!.snapshot;
  const snapshots = new Map<string | null, PartitionSnapshot>([
    [null, rows],
    [source.step.name, rows],
  ]);
  for (const need of step.needs) {
    if (!snapshots.has(need)) snapshots.set(need, (await state.result(partition, need))!.snapshot);
  }
  return snapshots;
}

/** Early cut-off: equal configuration and equal inputs by digest, so nothing is read. */
function takeParents(
  state: RunState,
  step: PlannedStep,
  partition: string,
  inputs: ReadonlyMap<string | null, PartitionSnapshot>,
): StepResult | null {
  if (configurationReason(step, state.parent) !== null) return null;
  if (typeof reusableSnapshot(step, partition, state.parent) === 'string') return null;
  const sameInputs = [...inputs].every(
    ([need, { values }]) => need === null || state.parent?.state.steps[need]?.partitions[partition]?.values === values,
  );
  return sameInputs ? takenOver(state.parent!, step.name, partition) : null;
}

/** Partitions of the index where this partition's rows may have earlier cells. */
async function whereToLook(state: RunState, partition: string): Promise<(string | null)[]> {
  const { partitions } = await state.source();
  const otherwiseCut = state.parent !== null && !equalJson(state.parent.state.partition, { ...state.plan.partition });
  return [partition, ...(partitions[partition]?.movedFrom ?? []), ...(otherwiseCut ? [null] : [])];
}

/** Reads just the columns that the step reads, and gives each row its inputs and its cell key. */
async function keyRows(
  services: WorkerServices,
  state: RunState,
  kind: StepKind,
  step: PlannedStep,
  inputs: ReadonlyMap<string | null, PartitionSnapshot>,
): Promise<KeyedRow[]> {
  const roles = Object.entries(step.reads);
  const steps = [...new Set(roles.map(([, read]) => read.step))];
  const tables = new Map(
    await Promise.all(
      steps.map(async (from) => {
        const declared = columnsFromJson(state.step(from).columns);
        const used = roles
          .filter(([, read]) => read.step === from)
          .map(([, { column }]) => [column, declared[column]!]);
        const columns: Columns = { ...Object.fromEntries(used), status: text() };
        return [from, await readFile(services, inputs.get(from)!, columns)] as const;
      }),
    ),
  );
  const ids = await readFile(services, inputs.get(null)!, {});
  const keyed: KeyedRow[] = [];
  for (const [index, { id }] of ids.entries()) {
    const values: Record<string, CellValue> = {};
    const key: Record<string, KeyedInput> = {};
    for (const [role, read] of roles) {
      const row = tables.get(read.step)![index];
      if (row === undefined || row['id'] !== id) throw new RangeError(`${read.step} and ${step.name} have other rows`);
      values[role] = row[read.column] ?? null;
      key[role] = { status: row['status'] as Status, value: jsonOf(values[role]) };
    }
    const outside = await kind.outside?.identify?.(id as string, step.params, outsideTools(services, state));
    keyed.push({
      id: id as string,
      inputs: values,
      outside: outside ?? null,
      cellKey: cellKey(step.configuration, key, outside ?? null),
    });
  }
  return keyed;
}

const outsideTools = (services: WorkerServices, state: RunState) => services.outside(state.plan.folder);

const readFile = async (services: WorkerServices, snapshot: PartitionSnapshot, columns: Columns) =>
  readParquet(services.database, await services.blobs.file(snapshot.values), { id: text(), ...columns });
