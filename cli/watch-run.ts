import type { Client, WorkflowHandle } from '@temporalio/client';
import type { StepProgress } from '../activities/worker-services.ts';
import { addStepCounts, NO_COUNTS } from '../workflows/counts.ts';
import type { RunOutcome } from '../workflows/run-dataset.ts';
import {
  partitionProgress,
  type PartitionProgress,
  type RunProgress,
  runProgress,
  type StepCounts,
  type StepWait,
} from '../workflows/messages.ts';
import { NO_WAITS, stepWaits, type StepWaits } from './step-waits.ts';
import type { StepProgressView } from './terminal/render-progress.ts';

/** A running run as a person sees it: its steps in order, with the cells of partitions that are not finished yet. */
export interface RunView {
  readonly phase: RunProgress['phase'];
  readonly partitionsDone: number;
  readonly partitionsTotal: number;
  readonly steps: readonly StepProgressView[];
}

/** Steps of the run with the rows that its forecast gave them. */
export interface ExpectedStep {
  readonly step: string;
  readonly rows: number;
  /** The step that makes the rows. */
  readonly source?: boolean;
  /** A source that is taken over as it is: no workflow counts its rows. */
  readonly fresh?: boolean;
}

/**
 * Where a run stands: finished partitions by the parent workflow's own counts, those at work by their children's, and
 * the activities at work by the counts in their last heartbeats.
 */
export async function lookAtRun(client: Client, workflowId: string, steps: readonly ExpectedStep[]): Promise<RunView> {
  const handle = client.workflow.getHandle(workflowId);
  const progress = await handle.query(runProgress);
  const totals = new Map<string, StepCounts>(Object.entries(progress.steps));
  const beats = await heartbeats(handle);
  const waits: (StepWait & { readonly step: string })[] = [];
  const noteWaits = (waiting: PartitionProgress['waiting'], at: readonly StepProgress[]) => {
    for (const [step, wait] of Object.entries(waiting)) {
      if (at.some((beat) => beat?.step === step)) continue;
      if (wait.progress) beats.push({ ...wait.progress, ...NOT_HELD });
      if (wait.untilMs > Date.now()) waits.push({ ...wait, step });
    }
  };
  noteWaits(progress.waiting, [...beats]);
  for (const child of await Promise.all(progress.running.map((id) => lookAtChild(client, id)))) {
    for (const [step, counts] of Object.entries(child.done))
      totals.set(step, addStepCounts(totals.get(step) ?? NO_COUNTS, counts));
    beats.push(...child.beats);
    noteWaits(child.waiting, child.beats);
  }
  const found = rowsOfSource(steps, progress.steps);
  const atWork = new Map<string, number>();
  for (const beat of beats) {
    if (!beat?.step) continue;
    atWork.set(beat.step, (atWork.get(beat.step) ?? 0) + beat.done);
    const { requests: _requests, ...counted } = beat;
    const partial = { ...NO_COUNTS, ...counted, rows: 0 };
    totals.set(beat.step, addStepCounts(totals.get(beat.step) ?? NO_COUNTS, partial));
  }
  return {
    phase: progress.phase,
    partitionsDone: progress.partitionsDone,
    partitionsTotal: progress.partitionsTotal,
    steps: steps.map(({ step, rows, fresh }) => ({
      ...askingOf(beats.findLast((beat) => beat?.step === step)),
      ...view(
        { step, rows: Math.max(rows, found), atWork: atWork.get(step) ?? 0 },
        fresh ? taken(rows) : (totals.get(step) ?? NO_COUNTS),
        stepWaits(
          waits.filter((wait) => wait.step === step),
          beats.filter((beat) => beat?.step === step),
        ),
      ),
    })),
  };
}

/** The final view, from the outcome alone. Partitions without work are not in the counts: they were taken over whole. */
export const finishedView = (outcome: RunOutcome, steps: readonly ExpectedStep[]): StepProgressView[] =>
  steps.map(({ step, rows }) => {
    const counts = outcome.position.steps[step] ?? NO_COUNTS;
    const all = Math.max(rows, counts.rows, rowsOfSource(steps, outcome.position.steps));
    return {
      ...view({ step, rows: all, atWork: 0 }, counts, NO_WAITS),
      rows: all,
      done: all,
      reused: counts.reused + (all - counts.rows),
    };
  });

function view(
  { step, rows, atWork }: { readonly step: string; readonly rows: number; readonly atWork: number },
  { rows: finished, computed, reused, skipped, failed, calls, costNanoUsd }: StepCounts,
  waits: StepWaits,
): StepProgressView {
  const done = finished + atWork;
  return {
    step,
    rows: Math.max(rows, done),
    done,
    computed,
    reused,
    skipped,
    failed,
    calls,
    costNanoUsd: BigInt(costNanoUsd),
    waits,
    perSecond: null,
  };
}

/** Rows of a source that this run has collected: every step has as many. */
const rowsOfSource = (steps: readonly ExpectedStep[], counts: { readonly [step: string]: StepCounts }): number =>
  Math.max(0, ...steps.flatMap(({ step, source }) => (source === true ? (counts[step]?.rows ?? 0) : [])));

const askingOf = (beat: StepProgress | undefined) =>
  beat?.requests ? { asking: { ...beat.requests, rows: beat.rows } } : {};

/** What held a step back before it went to sleep holds nothing back any more. */
const NOT_HELD = { waiting: 0, pausedUntilMs: null };

const taken = (rows: number): StepCounts => ({ ...NO_COUNTS, rows, ok: rows, reused: rows });

async function lookAtChild(client: Client, workflowId: string) {
  const handle = client.workflow.getHandle(workflowId);
  // A child that ended between two looks is in the parent's counts the next time.
  const [{ done, waiting }, beats] = await Promise.all([
    handle.query(partitionProgress).catch((): PartitionProgress => ({ done: {}, waiting: {} })),
    heartbeats(handle),
  ]);
  return { done, waiting, beats };
}

async function heartbeats(handle: WorkflowHandle): Promise<StepProgress[]> {
  const description = await handle.describe().catch(() => null);
  return (description?.raw.pendingActivities ?? []).flatMap(({ heartbeatDetails }) =>
    (heartbeatDetails?.payloads ?? []).flatMap(({ data }) =>
      data ? [JSON.parse(Buffer.from(data).toString('utf8')) as StepProgress] : [],
    ),
  );
}
