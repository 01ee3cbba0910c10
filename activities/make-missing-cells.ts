import { CancelledFailure } from '@temporalio/common';
import { type Cell, isPassing } from '../datasets/cell.ts';
import { type CellWork, type KeyedRow, makeCells } from './make-cells.ts';
import { nameOfCall } from './models/answers/answer-book.ts';
import { NO_BATCHES } from './models/batch/step-batches.ts';
import { ProviderUnavailableError } from './models/provider-unavailable-error.ts';
import { asksModels } from './models/step-models.ts';
import { type Resume, writeResume } from './resume.ts';
import type { EarlierCells } from './reusable-cells.ts';
import { waitForProvider, type Waiting } from './wait-for-provider.ts';
import type { StepProgress, WorkerServices } from './worker-services.ts';

/** One attempt at the cells of a step's partition, after what there was before has been found. */
export interface StepAttempt extends CellWork {
  readonly rows: readonly KeyedRow[];
  readonly earlier: EarlierCells;
  /** Every cell there is by now, by id; the missing ones are put in. */
  readonly cells: Map<string, Cell>;
  readonly resume: Resume;
  /** Whether a provider that answers nobody is waited for; else its cells fail. */
  readonly isPatient: boolean;
  progress(): StepProgress;
  /** Stores cells so that this run and the next find them. */
  keep(cells: ReadonlyMap<string, Cell>): Promise<unknown>;
  noteSpent(): Promise<void>;
}

/**
 * Makes the cells that are missing. Null when all are there; else what has to be waited for, with what was made until then
 * kept, as it is when this throws.
 */
export async function makeMissingCells(services: WorkerServices, attempt: StepAttempt): Promise<Waiting | null> {
  const { cells, earlier, models, resume, signal } = attempt;
  const given = cells.size;
  try {
    return await makeOrSend(services, attempt, given);
  } catch (error) {
    // What was made before a failure or a cancellation is found by the next run through the index.
    const kept = new Map([...cells].filter(([id, cell]) => earlier.reusable.has(id) || !isPassing(cell)));
    const progressed = kept.size > given;
    if (progressed) await attempt.keep(kept).catch(() => {});
    await attempt.noteSpent().catch(() => {});
    if (isCancelled(signal)) await models.batches.cancel(AbortSignal.timeout(CANCEL_MS)).catch(() => {});
    if (!(error instanceof ProviderUnavailableError)) throw error;
    for (const { id } of passingIn(attempt)) cells.delete(id);
    return { ...waitForProvider(error, resume, progressed), progress: attempt.progress() };
  }
}

/** Asks, sends what goes with batches, and takes in what came of those that were sent before. */
async function makeOrSend(services: WorkerServices, attempt: StepAttempt, given: number): Promise<Waiting | null> {
  const { plan, step, rows, earlier, cells, models, resume, signal } = attempt;
  const missing = rows.flatMap((row) =>
    cells.has(row.id) ? [] : [{ ...row, ignored: answersBehind(earlier.askAgain.get(row.id) ?? []) }],
  );
  // Steps that ask no model have no batches to look for.
  const collected = asksModels(step) ? await models.batches.collect(signal) : NO_BATCHES;
  const deferred = models.deferring(collected);
  await makeCells(services, attempt, missing, (cell) => cells.set(cell.id, cell));
  const sends = deferred.all.length > 0 ? 1 : 0;
  if (sends > 0) await models.batches.send(deferred.all, resume.sends, signal);
  if (sends > 0 || deferred.someAreSent) {
    if (cells.size > given) await attempt.keep(cells);
    const next = { waits: 0, sends: resume.sends + sends, rounds: resume.rounds + sends };
    await attempt.noteSpent();
    return {
      kind: 'wait',
      for: 'batch',
      untilMs: models.batches.nextLookMs(),
      resume: writeResume(next),
      ...models.batches.atProvider,
      progress: attempt.progress(),
    };
  }
  const passing = passingIn(attempt);
  const [first] = passing;
  if (first && attempt.isPatient && models.isSilent())
    throw new ProviderUnavailableError(first.errorMessage ?? '', null, first.errorCode!);
  for (const { errorCode: code } of passing)
    services.failures.note({ run: plan.run, step: step.name, code }, plan.maxFailures);
  return null;
}

/** Cells that this attempt left without an answer which another may get. */
const passingIn = ({ cells, earlier }: StepAttempt): Cell[] =>
  [...cells.values()].filter((cell) => isPassing(cell) && !earlier.reusable.has(cell.id));

const CANCEL_MS = 30_000;
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
