import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { equalJson, type Json } from '../manifests/canonical-json.ts';
import type { Digest } from '../manifests/digest.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Call } from '../datasets/call.ts';
import { type Cell, isPassing } from '../datasets/cell.ts';
import type { CellValue } from '../datasets/column-type.ts';
import type { PlannedStep, RunPlan } from '../datasets/plan/run-plan.ts';
import { DeferredRequestError } from './models/batch/deferred-requests.ts';
import type { StepModels } from './models/step-models.ts';
import { softwareText } from './software-text.ts';
import { NotMade, skipped, type StepKind } from './step-kind.ts';
import type { WorkerServices } from './worker-services.ts';

/** A row as a step sees it: its inputs by role, and the cell key they give. */
export interface KeyedRow {
  readonly id: string;
  readonly cellKey: Digest;
  readonly inputs: { readonly [role: string]: CellValue };
  /** What the row has outside the dataset, as the key has it; null for none. */
  readonly outside: Json;
}

/** A cell that has to be made. */
export interface PendingCell extends KeyedRow {
  /** Answers, by name, that the cell failed with before and that don't count now that it is asked again. */
  readonly ignored: ReadonlySet<string>;
}

/** What is done for the cells of one step partition, and with what. */
export interface CellWork {
  readonly plan: RunPlan;
  readonly step: PlannedStep;
  readonly kind: StepKind;
  readonly models: StepModels;
  readonly signal: AbortSignal;
}

/** Something outside the dataset changed while a cell was made of it, so its key is no longer true. */
export class ChangedMeanwhileError extends GettokError {
  override readonly name = 'ChangedMeanwhileError';
  readonly passing = true;
  constructor(step: string) {
    super(
      `Files that ${step} reads changed while it worked. It begins again by itself; let nothing write there meanwhile.`,
    );
  }
}

/** How many cells of one step partition are made at the same time where the declaration doesn't say. */
const AT_ONCE = { main: 8, media: 4, files: 4, ai: 64 } as const;

/** A request that was sent when the run is cancelled is paid for: so long its answer is waited for. */
const SENT_REQUESTS_MS = 10_000;

/** Aborts so long after another signal did. */
function abortLater(signal: AbortSignal, laterMs: number): Disposable & { readonly signal: AbortSignal } {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => (timer = setTimeout(() => later.abort(signal.reason), laterMs));
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    signal: later.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener('abort', begin);
    },
  };
}

/**
 * Makes cells side by side. Each is handed to `made` the moment it is there. After a failure no further cell is begun,
 * but those in the making are finished, since some are paid for; then the failure is thrown. A cancellation ends them.
 */
export async function makeCells(
  services: WorkerServices,
  work: CellWork,
  pending: readonly PendingCell[],
  made: (cell: Cell) => void,
): Promise<void> {
  const { plan, step, kind, signal } = work;
  const software = softwareText(services.software);
  const declared = step.tuning['concurrency'];
  const concurrency = typeof declared === 'number' ? declared : AT_ONCE[kind.queue];
  const failures: unknown[] = [];
  // What waits for its turn needn't wait any longer; requests under way are left to end.
  const giveUp = new AbortController();
  const waiting = AbortSignal.any([signal, giveUp.signal]);
  using sending = abortLater(signal, SENT_REQUESTS_MS);
  const attempt = async (cell: PendingCell) => {
    if (failures.length > 0 || signal.aborted) return;
    try {
      const one = await makeCell(services, { ...work, waiting, sending: sending.signal }, cell, software);
      made(one);
      // What may pass is tried again when the whole provider was down: it counts when it is left as it is.
      if (one.status === 'skipped' || isPassing(one)) return;
      services.failures.note({ run: plan.run, step: step.name, code: one.errorCode }, plan.maxFailures);
    } catch (error) {
      // It waits for a batch: made when the answers are there.
      if (error instanceof DeferredRequestError) return;
      failures.push(error);
      giveUp.abort(error);
    }
  };
  // The signal is left to the cells: then nothing of this activity goes on when it has ended.
  await pMap(pending, attempt, { concurrency });
  signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}

async function makeCell(
  services: WorkerServices,
  {
    plan,
    step,
    kind,
    models,
    signal,
    waiting,
    sending,
  }: CellWork & { readonly waiting: AbortSignal; readonly sending: AbortSignal },
  { id, cellKey, inputs, outside, ignored }: PendingCell,
  software: string,
): Promise<Cell> {
  const calls: Call[] = [];
  const outcome = await attempt();
  const base = {
    id,
    cellKey,
    run: plan.run,
    software,
    calls,
  };
  if (outcome instanceof NotMade) {
    const values = Object.fromEntries(step.columns.map(({ name }) => [name, null]));
    return { ...base, values, status: outcome.status, errorCode: outcome.code, errorMessage: outcome.message };
  }
  return { ...base, values: outcome, status: 'ok', errorCode: null, errorMessage: null };

  async function attempt(): Promise<NotMade | Cell['values']> {
    const missing = Object.entries(step.reads).find(([role, read]) => read.required && (inputs[role] ?? null) === null);
    if (missing) return skipped('no_input', `${missing[1].step}.${missing[1].column} has no value`);
    let scratch: string | undefined;
    try {
      const { folder } = plan;
      const tools = services.cellTools({
        id,
        folder,
        scratch: () => (scratch ??= mkdtempSync(join(services.scratchFolder, 'cell-'))),
        tuning: step.tuning,
        signal,
        models: models.forCell({ id, cellKey, signal: sending, waiting, ignored, record: (call) => calls.push(call) }),
      });
      signal.throwIfAborted();
      const made = (await kind.cell!(inputs, step.params, tools)) as NotMade | Cell['values'];
      if (kind.outside?.identify) {
        const now = await kind.outside.identify(id, step.params, services.outside(folder));
        if (!equalJson(now ?? null, outside)) throw new ChangedMeanwhileError(step.name);
      }
      return made;
    } finally {
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
    }
  }
}
