import { equalJson } from '../manifests/canonical-json.ts';
import { type Cell, NOT_SAMPLED } from '../datasets/cell.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { reusableSnapshot, stepCauses } from '../datasets/plan/reuse.ts';
import type { StepResult, Work } from '../datasets/step-result.ts';
import type { CallTotals, PartitionSnapshot } from '../manifests/manifest.ts';
import type { StepInput } from '../workflows/messages.ts';
import { keepNowAndThen } from './keep-now-and-then.ts';
import { keyRows } from './key-rows.ts';
import { leftOutCells } from './left-out-cells.ts';
import { makeMissingCells } from './make-missing-cells.ts';
import { asksModels } from './models/step-models.ts';
import { addToIndex, findReusableCells } from './reusable-cells.ts';
import { type RunState, takenOver } from './run-state.ts';
import { noteSpending } from './run-spending.ts';
import { countsOf, readSalts, storeSnapshot } from './store-snapshot.ts';
import type { StepKind } from './step-kind.ts';
import { readResume } from './resume.ts';
import { isWorthWaiting, type Waiting } from './wait-for-provider.ts';
import { emptyJournal, withAnswers } from './with-answers.ts';
import type { ActivityScope, StepProgress, WorkerServices } from './worker-services.ts';

/**
 * One step of one partition: takes the parent's files when nothing they depend on changed, else reads the inputs,
 * takes every earlier cell whose key is still the same, and makes the others.
 */
export async function materializeStep(
  services: WorkerServices,
  state: RunState,
  kind: StepKind,
  { step: name, partition, run, resume: resumeText }: StepInput & { readonly partition: string },
  scope: ActivityScope,
): Promise<StepResult | Waiting> {
  // An activity that is tried again after its result was written has nothing left to do.
  const already = await state.result(partition, name);
  if (already) return already;
  const { plan } = state;
  const step = state.step(name);
  const inputs = await snapshotsOf(state, partition, step);
  const unchanged = takeParents(state, step, partition, inputs);
  if (unchanged) return state.putResult(partition, name, unchanged);

  const tools = services.outside(state.plan.folder);
  const rows = await keyRows(services, step, {
    inputs,
    columnsOf: (of) => state.step(of).columns,
    identify: kind.outside?.identify && ((id) => kind.outside!.identify!(id, step.params, tools)),
  });
  const { store, blobs, database } = services;
  const search = { store, blobs, database, dataset: plan.dataset, step, run };
  const parents = state.parent?.state.steps[name];
  const before = parents?.partitions[partition];
  // Another configuration is in every key.
  const own = before && parents?.configuration === step.configuration ? [before] : [];
  const wanted = new Map(rows.map(({ id, cellKey: key }) => [id, key]));
  const partitions = await whereToLook(state, partition);
  const earlier = await findReusableCells(search, wanted, own, partitions);
  const { reusable } = earlier;
  const resume = readResume(resumeText);
  const outside = await leftOutCells(services, plan, step, rows, earlier);
  const cells = new Map([...reusable, ...outside]);
  const given = cells.size;
  const isPatient = isWorthWaiting(resume, rows.length - given) || !(await services.models.isThere(step));
  const { rounds } = resume;
  await using models = services.models.open({ plan, step, partition, partitions, isPatient, rounds });

  // What an earlier attempt of this run has made is this run's work, and its money.
  const ownBefore = [...reusable.values()].filter((cell) => cell.run === run);
  for (const call of ownBefore.flatMap(({ calls }) => calls)) models.meter.note(call);
  const progress = (): StepProgress => ({
    step: name,
    partition,
    rows: rows.length,
    done: cells.size,
    computed: cells.size - given + ownBefore.length,
    reused: reusable.size - ownBefore.length,
    ...countsOf(cells.values()),
    ...models.meter.asking,
  });
  const say = () => scope.heartbeat(progress());
  const beat = setInterval(say, 1000);
  say();
  const salts = await readSalts(services, inputs.get(null)!);
  const noteSpent = () => noteSpending(services.store, { run, partition, step: name }, models.meter.asking);
  const storeCells = async (some: ReadonlyMap<string, Cell>) => {
    const complete = await withAnswers(services, { ...search, partition }, models, some);
    const inOrder = rows.flatMap(({ id }) => complete.get(id) ?? []);
    const stored = await storeSnapshot(services, plan, step, inOrder, salts);
    await addToIndex(search, partition, stored.snapshot);
    return stored;
  };
  await using _kept = asksModels(step)
    ? null
    : keepNowAndThen(
        KEEP_EVERY_MS,
        () => cells.size,
        () => storeCells(cells),
      );
  const { signal } = scope;
  const attempt = { plan, step, kind, models, signal, rows, earlier, cells, resume, isPatient };
  const waiting = await makeMissingCells(services, { ...attempt, progress, keep: storeCells, noteSpent }).finally(() =>
    clearInterval(beat),
  );
  if (waiting) return waiting;

  const made = await storeCells(cells);
  await emptyJournal(services, { ...search, partition }, models, cells.values());
  const result: StepResult = {
    // Files equal to the parent's were made by the run that made the parent's.
    ...(sameFiles(before, made.snapshot) ? takenOver(state.parent!, name, partition)! : made),
    work: workOf(cells.values(), run, made.paid),
  };
  signal.throwIfAborted();
  return state.putResult(partition, name, result);
}

/** Each time costs a file and an entry of the index; a download costs seconds, and a place in a host's pace. */
const KEEP_EVERY_MS = 15_000;

/** Also what an earlier attempt of this run made is its work, though this attempt found it in the index. */
function workOf(cells: Iterable<Cell>, run: string, paid: CallTotals): Work {
  const all = [...cells].filter(({ errorCode }) => errorCode !== NOT_SAMPLED);
  const computed = all.filter((cell) => cell.run === run).length;
  return { computed, reused: all.length - computed, paid };
}

const sameFiles = (a: PartitionSnapshot | undefined, b: PartitionSnapshot) =>
  a?.values === b.values && a.provenance === b.provenance && a.root === b.root;

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
  if (state.renamed.has(step.name) || stepCauses(step, state.parent).length > 0) return null;
  if (!reusableSnapshot(step, partition, state.parent)) return null;
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
