import type { Client } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectStore } from '../manifests/object-store.ts';
import type { runDataset, RunOutcome } from '../workflows/run-dataset.ts';
import { explainFailure, type GoOnCommand } from './explain-failure.ts';
import type { StartedRun } from './start-run.ts';
import { progressLine, type StepProgressView } from './terminal/render-progress.ts';
import { formatCost } from './terminal/format-number.ts';
import { NO_WAITS } from './step-waits.ts';
import { renderWaits } from './terminal/render-waits.ts';
import type { LiveLine, LiveLines } from './terminal/live-lines.ts';
import { type ExpectedStep, finishedView, lookAtRun } from './watch-run.ts';

/** The longest that a timer can be, 24 days. */
const FOREVER_MS = 2 ** 31 - 1;
/** Rates are taken over this long, so that one slow call doesn't make them jump. */
const RATE_OVER_MS = 8000;

export interface FollowOptions {
  readonly steps: readonly ExpectedStep[];
  /** The run's budget; null for none. */
  readonly maxNanoUsd: bigint | null;
  readonly goOn: GoOnCommand;
}

/**
 * Shows a run until it ends. Aborting `detach` leaves it going and returns null. Throws what made the run fail, in the
 * words of the activity that failed.
 */
export async function followRun(
  { client, store }: { readonly client: Client; readonly store: ObjectStore },
  { workflowId, run }: StartedRun,
  { steps, maxNanoUsd, goOn }: FollowOptions,
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
      if (view && !ended.signal.aborted) lines.show(renderSteps(view.steps.map(rates), maxNanoUsd));
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
    lines.show(renderSteps(finishedView(outcome, steps), maxNanoUsd));
    return outcome;
  } catch (error) {
    throw await explainFailure(store, run, error, goOn);
  } finally {
    lines.done();
  }
}

/** A line a step. The budget stands with the step that pays, or, when several do, with their sum on a line of its own. */
export function renderSteps(views: readonly StepProgressView[], maxNanoUsd: bigint | null): LiveLine[] {
  const width = Math.max(...views.map(({ step }) => step.length));
  const paying = views.filter(({ costNanoUsd }) => costNanoUsd > 0n);
  const ends = (view: StepProgressView) => view.rows > 0 && view.done >= view.rows && !view.asking;
  const lines = views.map((view) => ({
    text: progressLine(view, width, paying.length === 1 ? maxNanoUsd : null),
    final: ends(view),
    news: view.waits.quota ? `  ${view.step}  ${renderWaits({ ...NO_WAITS, quota: view.waits.quota })[0]}` : undefined,
  }));
  if (maxNanoUsd === null || paying.length < 2) return lines;
  const paid = paying.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
  const text = `  ${''.padEnd(width)}  ${formatCost(paid)} of ${formatCost(maxNanoUsd)} in all`;
  return [...lines, { text, final: views.every(ends) }];
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
