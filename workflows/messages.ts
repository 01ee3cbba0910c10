import { defineQuery } from '@temporalio/workflow';
import type { StepProgress } from '../activities/worker-services.ts';

/** Everything below crosses Temporal: counts, digests and names of steps and partitions; no row id, no text of a video. */

/** One step of the DAG, as far as a workflow needs to know it. */
export interface StepRoute {
  readonly name: string;
  /** The step kind, which is also the name of its Temporal activity. */
  readonly kind: string;
  readonly needs: readonly string[];
  readonly source: boolean;
  /** A source that is taken from the parent version as it is. */
  readonly fresh: boolean;
  readonly taskQueue: string;
  /** Seconds after which a worker that says nothing is taken for dead; left out in a run from before that was a setting. */
  readonly workerSilenceS?: number;
}

export interface RunInput {
  readonly run: string;
  readonly dataset: string;
  /** Digest of `runs/<run>/plan.json`, so that a worker can't be given another plan. */
  readonly plan: string;
  readonly mainQueue: string;
  readonly workerSilenceS?: number;
  readonly steps: readonly StepRoute[];
  /** How many partitions are worked on at the same time. */
  readonly partitionsAtOnce: number;
  /** Where a run that continued as new goes on. */
  readonly resume?: RunPosition;
}

export interface RunPosition {
  readonly cursor: string | null;
  readonly partitionsDone: number;
  readonly partitionsTotal: number;
  readonly steps: { readonly [step: string]: StepCounts };
}

export interface PartitionInput {
  readonly run: string;
  readonly plan: string;
  readonly partition: string;
  readonly steps: readonly StepRoute[];
}

/** Cells of one step, by what became of them. */
export interface StepCounts {
  readonly rows: number;
  readonly ok: number;
  /** Rows by code, such as `no_audio`. */
  readonly skipped: ByCode;
  readonly failed: ByCode;
  readonly computed: number;
  readonly reused: number;
  readonly calls: number;
  /** Billionths of a US dollar as decimal text. */
  readonly costNanoUsd: string;
}

export type ByCode = { readonly [code: string]: number };
export type PartitionCounts = { readonly [step: string]: StepCounts };

export interface StepInput {
  readonly run: string;
  readonly plan: string;
  readonly step: string;
  /** Null for a source step, which makes all partitions at once. */
  readonly partition: string | null;
  /** What the activity asked to be given again after a wait. */
  readonly resume?: string;
  /** The run was cancelled while it waited: what is at work outside is to be stopped, and nothing else done. */
  readonly cancelled?: true;
}

/** An activity ends with its step done, or frees its worker until something outside is ready. */
export type StepOutcome =
  | { readonly kind: 'done'; readonly counts: StepCounts }
  | {
      readonly kind: 'wait';
      /** A batch goes on at the provider unless it is cancelled there; a quota comes again with the next day. */
      readonly for: 'provider' | 'batch' | 'quota';
      readonly untilMs: number;
      /** Requests in batches at the provider, and how many of them were answered at the last look. */
      readonly requests?: number;
      readonly answered?: number;
      /** Why the provider is waited for: a word of a fixed set, such as `rate_limited`. */
      readonly why?: string;
      /** How far the step is meanwhile. */
      readonly progress?: StepProgress;
      /** Given back to the activity then. */
      readonly resume: string;
    };

export type StepActivity = (input: StepInput) => Promise<StepOutcome>;
/** Every step kind registers one activity of this form under its own name. */
export type StepActivities = { readonly [kind: string]: StepActivity };

export interface RunActivities {
  /** Partitions with something to do, a page at a time; the others are taken from the parent. */
  listPartitions(input: { run: string; plan: string; cursor: string | null }): Promise<PartitionPage>;
  commitVersion(input: {
    run: string;
    plan: string;
    namespace: string;
    workflowId: string;
    runId: string;
  }): Promise<Committed>;
}

export interface PartitionPage {
  readonly partitions: readonly string[];
  readonly next: string | null;
  readonly total: number;
}

export interface Committed {
  readonly version: string;
  readonly parent: string | null;
  /** False when the state is the parent's: then `version` is the parent and nothing was written. */
  readonly changed: boolean;
}

export interface RunProgress extends RunPosition {
  readonly phase: 'sources' | 'partitions' | 'commit' | 'done';
  /** Workflow ids of the partitions being worked on. */
  readonly running: readonly string[];
  /** Sources that wait, or have waited, for something outside, until they are done. */
  readonly waiting: { readonly [step: string]: StepWait };
}

export interface PartitionProgress {
  readonly done: PartitionCounts;
  /** Steps that wait, or have waited, for something outside, until they are done. */
  readonly waiting: { readonly [step: string]: StepWait };
}

/** Past `untilMs` the step is at work again, and further than `progress` once its activity says so. */
export type StepWait = Omit<Extract<StepOutcome, { kind: 'wait' }>, 'kind' | 'resume'>;

export const runProgress = defineQuery<RunProgress>('progress');
export const partitionProgress = defineQuery<PartitionProgress>('progress');
