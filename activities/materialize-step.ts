import { CancelledFailure } from '@temporalio/common';
import { equalJson } from '../manifests/canonical-json.ts';
import { type Cell, isPassing, NOT_SAMPLED } from '../datasets/cell.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { reusableSnapshot, stepCauses } from '../datasets/plan/reuse.ts';
import type { StepResult, Work } from '../datasets/step-result.ts';
import type { CallTotals, PartitionSnapshot } from '../manifests/manifest.ts';
import type { StepInput } from '../workflows/messages.ts';
import { keepNowAndThen } from './keep-now-and-then.ts';
import { keyRows } from './key-rows.ts';
import { leftOutCells } from './left-out-cells.ts';
import { makeCells } from './make-cells.ts';
import { NO_BATCHES } from './models/batch/step-batches.ts';
import { asksModels } from './models/step-models.ts';
import { nameOfCall } from './models/answers/answer-book.ts';
import { ProviderUnavailableError } from './models/provider-unavailable-error.ts';
import { addToIndex, findReusableCells } from './reusable-cells.ts';
import { type RunState, takenOver } from './run-state.ts';
import { noteSpending } from './run-spending.ts';
import { countsOf, readSalts, storeSnapshot } from './store-snapshot.ts';
import type { StepKind } from './step-kind.ts';
import { readResume, writeResume } from './resume.ts';
import { isWorthWaiting, waitForProvider, type Waiting } from './wait-for-provider.ts';
import { keepLeftOver, withAnswers } from './with-answers.ts';
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
  const step = state.step(name);
  const inputs = await snapshotsOf(state, partition, step);
  const unchanged = takeParents(state, step, partition, inputs);
  if (unchanged) return state.putResult(partition, name, unchanged);

  const rows = await keyRows(services, state, kind, step, inputs);
  const { store, blobs, database } = services;
  const search = { store, blobs, database, dataset: state.plan.dataset, step, run };
  const before = state.parent?.state.steps[name]?.partitions[partition];
  const wanted = new Map(rows.map(({ id, cellKey: key }) => [id, key]));
  const partitions = await whereToLook(state, partition);
  const earlier = await findReusableCells(search, wanted, before ? [before] : [], partitions);
  const { reusable, askAgain } = earlier;
  const resume = readResume(resumeText);
  const outside = await leftOutCells(services, state.plan, step, rows, earlier);
  const given = reusable.size + outside.size;
  const isPatient = isWorthWaiting(resume, rows.length - given) || !(await services.models.isThere(step));
  const { rounds } = resume;
  await using models = services.models.open({ plan: state.plan, step, partition, partitions, isPatient, rounds });
  const cells = new Map([...reusable, ...outside]);

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
    const stored = await storeSnapshot(services, state.plan, step, inOrder, salts);
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
  try {
    const missing = rows.flatMap((row) =>
      cells.has(row.id) ? [] : [{ ...row, ignored: answersBehind(askAgain.get(row.id) ?? []) }],
    );
    const work = { plan: state.plan, step, kind, models, signal: scope.signal };
    // Steps that ask no model have no batches to look for.
    const collected = asksModels(step) ? await models.batches.collect(scope.signal) : NO_BATCHES;
    const deferred = models.deferring(collected);
    await makeCells(services, work, missing, (cell) => cells.set(cell.id, cell));
    const sends = deferred.all.length > 0 ? 1 : 0;
    if (sends > 0) await models.batches.send(deferred.all, resume.sends, scope.signal);
    if (sends > 0 || deferred.someAreSent) {
      if (cells.size > given) await storeCells(cells);
      const next = { waits: 0, sends: resume.sends + sends, rounds: rounds + sends };
      await noteSpent();
      return {
        kind: 'wait',
        for: 'batch',
        untilMs: models.batches.nextLookMs(),
        resume: writeResume(next),
        ...models.batches.atProvider,
        progress: progress(),
      };
    }
    const passing = [...cells.values()].find((cell) => isPassing(cell) && !reusable.has(cell.id));
    if (passing && isPatient && models.isSilent())
      throw new ProviderUnavailableError(passing.errorMessage ?? '', null, passing.errorCode!);
    for (const cell of [...cells.values()].filter(isPassing))
      if (!reusable.has(cell.id))
        services.failures.note({ run, step: name, code: cell.errorCode }, state.plan.maxFailures);
  } catch (error) {
    // What was made before a failure or a cancellation is found by the next run through the index.
    const kept = new Map([...cells].filter(([id, cell]) => reusable.has(id) || !isPassing(cell)));
    const progressed = kept.size > given;
    if (progressed) await storeCells(kept).catch(() => {});
    await noteSpent().catch(() => {});
    if (isCancelled(scope.signal)) await models.batches.cancel(AbortSignal.timeout(CANCEL_MS)).catch(() => {});
    if (error instanceof ProviderUnavailableError) {
      for (const [id, cell] of cells) if (isPassing(cell) && !reusable.has(id)) cells.delete(id);
      return { ...waitForProvider(error, resume, progressed), progress: progress() };
    }
    throw error;
  } finally {
    clearInterval(beat);
  }

  const made = await storeCells(cells);
  const journal = await keepLeftOver(services, { ...search, partition }, models, cells.values());
  const result: StepResult = {
    // Files equal to the parent's were made by the run that made the parent's.
    ...(sameFiles(before, made.snapshot) ? takenOver(state.parent!, name, partition)! : made),
    work: workOf(cells.values(), run, made.paid),
    ...(journal.length > 0 && { journal }),
  };
  scope.signal.throwIfAborted();
  return state.putResult(partition, name, result);
}

const CANCEL_MS = 30_000;
/** Each time costs a file and an entry of the index; a download costs seconds, and a place in a host's pace. */
const KEEP_EVERY_MS = 15_000;
/** The run was cancelled; a worker that stops leaves its batches to the next. */
const isCancelled = ({ reason }: AbortSignal): boolean =>
  reason instanceof CancelledFailure && reason.message === 'CANCELLED';

/**
 * The answers that failed cells were made from, by name: asked again, the cell wants others. A part of an audio that was
 * transcribed is no cause of a failure, nor is any answer where the provider gave none.
 */
const answersBehind = (cells: readonly Cell[]): ReadonlySet<string> =>
  new Set(
    cells.flatMap((cell) =>
      isPassing(cell)
        ? []
        : cell.calls.flatMap((call) => (call.endpoint === 'audio/transcriptions' ? [] : (nameOfCall(call) ?? []))),
    ),
  );

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
