import type { Json } from '../../manifests/canonical-json.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { ColumnJson } from '../column-type.ts';
import type { Partitioning, Step } from '../declaration/declaration.ts';
import { columnsToJson } from '../column-type.ts';
import { configurationDigest } from '../configuration.ts';
import type { FailureLimit } from './failure-limit.ts';
import type { Params, Queue } from '../step-kind.ts';

/** What a person allows a run, and how its models are asked: in no cell key, but a run with others is another run. */
export interface RunLimits {
  /** The most that the run may spend on models, in billionths of a US dollar; null for no limit. */
  readonly maxNanoUsd: string | null;
  readonly maxFailures: FailureLimit | null;
  /** Models are asked through the provider's batches, for half the price, where it has them. */
  readonly batch: boolean;
  /** The most requests that it may send to APIs that rows are collected from; null for no limit. */
  readonly maxRequests: number | null;
}

/** What a run was told to do, as its workers read it from `runs/<run>/plan.json`. */
export interface RunPlan extends RunLimits {
  readonly run: string;
  readonly dataset: string;
  readonly branch: string;
  /** The version the run starts from; null for the first. */
  readonly parent: Digest | null;
  readonly declaration: Json;
  readonly partition: Partitioning;
  /** Folder of `dataset.yaml` on the machine whose `files` queue is used; in no manifest. */
  readonly folder: string;
  readonly steps: readonly PlannedStep[];
  readonly message: string | null;
  readonly by: string | null;
  readonly startedAt: string;
  /** Only of a pilot: no row outside it is computed. */
  readonly sample?: PlannedSample;
  /** A version of another branch whose declaration goes into the one that is made. */
  readonly merges?: Digest;
}

/** The rows of a pilot. Their ids are in a blob: no id stands in a plan, a manifest or Temporal's history. */
export type PlannedSample = NonNullable<Manifest['record']['sample']>;

export interface PlannedStep {
  readonly name: string;
  /** The name that it had in earlier versions. */
  readonly was?: string;
  readonly kind: string;
  readonly revision: number;
  readonly source: boolean;
  readonly queue: Queue;
  readonly needs: readonly string[];
  readonly params: Params;
  readonly parameters: { readonly [name: string]: Json };
  readonly tuning: Params;
  readonly configuration: Digest;
  readonly reads: { readonly [role: string]: PlannedRead };
  readonly columns: readonly ColumnJson[];
  /** Fingerprint of what lies outside the dataset; null when nothing does. */
  readonly outside: Digest | null;
  /** A source whose rows are taken from the parent as they are. */
  readonly fresh: boolean;
  /** Codes of failed cells that are asked again; `*` is any. */
  readonly askAgain: readonly string[];
  /** Only of a source that asks an API; null of any other step. */
  readonly collect: PlannedCollect | null;
}

export interface PlannedCollect {
  /** Digest of what is asked for, without how far: rows of the parent are carried on while it is the same. */
  readonly identity: Digest;
  /** What was collected is asked for again, as a new observation. */
  readonly refresh: boolean;
  readonly onDeleted: 'flag' | 'withdraw';
  /** The version of another dataset whose column says what to ask for. */
  readonly from: Seeds | null;
}

/** A column of a version; `column` is `step.column`, and `ref` is how the declaration names the version. */
export interface Seeds {
  readonly dataset: string;
  readonly ref: string;
  readonly version: Digest;
  readonly column: string;
}

export interface PlannedRead {
  readonly step: string;
  readonly column: string;
  readonly required: boolean;
}

export const runKey = (run: string, name: string) => `runs/${run}/${name}`;
export const planKey = (run: string) => runKey(run, 'plan.json');
export const resultKey = (run: string, partition: string, step: string) =>
  runKey(run, `results/${partition}/${step}.json`);
export const sourceKey = (run: string, step: string) => runKey(run, `sources/${step}.json`);

/** A step of a declaration as far as it is settled before looking at any version. */
export function plannedStep(
  step: Step,
  found: Pick<PlannedStep, 'outside' | 'fresh' | 'askAgain'> & { readonly collect?: PlannedCollect | null },
): PlannedStep {
  const { kind, revision, source, queue } = step.kind;
  return {
    name: step.name,
    ...(step.was !== undefined && { was: step.was }),
    kind,
    revision,
    source,
    queue,
    needs: step.needs,
    params: step.params,
    parameters: step.identity,
    tuning: step.tuning,
    configuration: configurationDigest({ kind, revision, parameters: step.identity }),
    reads: Object.fromEntries(
      Object.entries(step.reads).map(([role, { step: from, column, required }]) => [
        role,
        { step: from, column, required },
      ]),
    ),
    columns: columnsToJson(step.makes),
    collect: null,
    ...found,
  };
}

/** What a column that is read holds blobs of; undefined for one that holds none. */
export const mediaOf = ({ steps }: Pick<RunPlan, 'steps'>, { step, column }: Pick<PlannedRead, 'step' | 'column'>) =>
  steps.find(({ name }) => name === step)?.columns.find(({ name }) => name === column)?.media;

/** The parts of a declaration's plan that decide whether two runs would do the same. */
export const planIdentity = ({ run: _run, message: _message, by: _by, startedAt: _startedAt, ...same }: RunPlan) =>
  same;
