import { type Client, WorkflowFailedError } from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
} from '@temporalio/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunFailure } from '../activities/run-failure.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import type { runDataset, RunOutcome } from '../workflows/run-dataset.ts';
import type { StartedRun } from './start-run.ts';
import { progressLine, type StepProgressView } from './terminal/render-progress.ts';
import type { LiveLine, LiveLines } from './terminal/live-lines.ts';
import { type ExpectedStep, finishedView, lookAtRun } from './watch-run.ts';

/** A run that ended without a version. What it had computed is reused by the next. */
export class RunFailedError extends GettokError {
  override readonly name = 'RunFailedError';
}

/** A run that was stopped on purpose. */
export class RunCancelledError extends GettokError {
  override readonly name = 'RunCancelledError';
}

/** The longest that a timer can be, 24 days. */
const FOREVER_MS = 2 ** 31 - 1;
/** Rates are taken over this long, so that one slow call doesn't make them jump. */
const RATE_OVER_MS = 8000;

/**
 * Shows a run until it ends. Aborting `detach` leaves it going and returns null. Throws what made the run fail, in the
 * words of the activity that failed.
 */
export async function followRun(
  { client, store }: { readonly client: Client; readonly store: ObjectStore },
  { workflowId, run }: StartedRun,
  steps: readonly ExpectedStep[],
  lines: LiveLines,
  detach: AbortSignal,
): Promise<RunOutcome | null> {
  const rates = rateOf();
  // A request left open would keep this process alive for as long as the run.
  const untilDetached = <T>(ask: () => Promise<T>): Promise<T> => client.withAbortSignal(detach, ask);
  const result = untilDetached(async () => client.workflow.getHandle<typeof runDataset>(workflowId).result());
  const ended = new AbortController();
  void result
    .catch(() => {})
    .finally(() => {
      if (!detach.aborted) ended.abort();
    });
  while (!ended.signal.aborted && !detach.aborted) {
    if (lines.lookEveryMs !== null) {
      const view = await untilDetached(async () => lookAtRun(client, workflowId, steps)).catch(() => null);
      if (view && !ended.signal.aborted) lines.show(renderSteps(view.steps.map(rates)));
    }
    // A timer left behind would keep this process alive.
    const signal = AbortSignal.any([detach, ended.signal]);
    await pause(lines.lookEveryMs ?? FOREVER_MS, undefined, { signal }).catch(() => {});
  }
  if (!ended.signal.aborted) {
    lines.done();
    return null;
  }
  try {
    const outcome = await result;
    lines.show(renderSteps(finishedView(outcome, steps)));
    return outcome;
  } catch (error) {
    throw await explain(store, run, error);
  } finally {
    lines.done();
  }
}

export function renderSteps(views: readonly StepProgressView[]): LiveLine[] {
  const width = Math.max(...views.map(({ step }) => step.length));
  return views.map((view) => ({ text: progressLine(view, width), final: view.rows > 0 && view.done >= view.rows }));
}

/** Adds the rate of each step, from the cells it computed over the last seconds. */
function rateOf(): (view: StepProgressView) => StepProgressView {
  const seen = new Map<string, { at: number; computed: number }[]>();
  return (view) => {
    const now = Date.now();
    const points = (seen.get(view.step) ?? []).filter(({ at }) => now - at <= RATE_OVER_MS);
    points.push({ at: now, computed: view.computed });
    seen.set(view.step, points);
    const first = points[0]!;
    const seconds = (now - first.at) / 1000;
    return { ...view, perSecond: seconds > 0.8 ? (view.computed - first.computed) / seconds : null };
  };
}

/** The message an activity left under `runs/`, since Temporal's own history may not hold it. */
async function explain(store: ObjectStore, run: string, error: unknown): Promise<unknown> {
  if (!(error instanceof WorkflowFailedError)) return error;
  const failure = rootOf(error.cause);
  if (failure instanceof CancelledFailure)
    return new RunCancelledError(
      `The run ${run} was cancelled. What it computed is kept: gettok run goes on from there.`,
    );
  if (failure instanceof TerminatedFailure)
    return new RunCancelledError(
      `The run ${run} was terminated in Temporal. What it computed is kept: gettok run goes on from there.`,
    );
  const key = failure instanceof ApplicationFailure ? failure.details?.[0] : undefined;
  const stored = typeof key === 'string' ? await store.get(key) : null;
  if (!stored) return new RunFailedError(`The run ${run} failed: ${failure?.message ?? 'no reason was given'}`);
  const { message, unexpected } = JSON.parse(stored.bytes.toString('utf8')) as RunFailure;
  return new RunFailedError(
    unexpected
      ? `The run ${run} failed by a defect of GET-Tok or of its surroundings. What it computed is kept.\n${message}`
      : message,
  );
}

function rootOf(failure: Error | undefined): Error | undefined {
  if ((failure instanceof ChildWorkflowFailure || failure instanceof ActivityFailure) && failure.cause)
    return rootOf(failure.cause);
  return failure;
}
