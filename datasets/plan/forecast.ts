import { equalJson, type Json } from '../../manifests/canonical-json.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { askedAgain, configurationReason, leftOut, type Reason, reusableSnapshot } from './reuse.ts';
import type { CollectEstimate } from './collect-estimate.ts';
import { sampledForecast } from './sampled-forecast.ts';
import type { RowGroup, SourceChanges } from './source-changes.ts';
import type { PlannedStep, RunPlan } from './run-plan.ts';

/** A number that isn't known before the work is done, between two bounds (both included). */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Why rows of a step are computed, and how many: certainly so many (low), at most so many (high) of `rows`. */
export interface ForecastReason {
  readonly why: string;
  readonly rows: number;
  readonly compute: Range;
}

/** What a run would do with one step. */
export interface StepForecast {
  readonly step: string;
  readonly kind: string;
  readonly source: boolean;
  readonly rows: number;
  readonly reuse: Range;
  readonly compute: Range;
  /** There may be more rows than these: they are not counted before the source has asked for them. */
  readonly open?: boolean;
  /** Why cells are computed, in words; empty when none are. */
  readonly why: readonly string[];
  /** Every row once, by what becomes of it; those that are reused have the reason `reused`. */
  readonly reasons: readonly ForecastReason[];
}

export interface Forecast {
  readonly steps: readonly StepForecast[];
  readonly partitions: number;
  /** Rows of the parent that are gone from the source's files. */
  readonly removed: number;
  /** True when the run would leave the parent version as it is. */
  readonly upToDate: boolean;
}

export interface Outlook {
  /** Of a source that reads files and is not fresh; null when nobody has looked. */
  readonly changes: SourceChanges | null;
  /** Of a source that asks an API and is not fresh. */
  readonly estimate?: CollectEstimate | null;
  /** Steps of which earlier cells under the same configuration are known to the index: maybe all, maybe none. */
  readonly known: ReadonlySet<string>;
}

/** Decided from digests and from what the source has now: no file of a step is read. */
export function forecast(plan: RunPlan, parent: Manifest | null, outlook: Outlook): Forecast {
  const source = plan.steps.find((step) => step.source)!;
  const estimate = (!source.fresh && outlook.estimate) || null;
  const open = estimate !== null && estimate.rows.high === null ? { open: true } : {};
  const { groups, steps: byStep } = groupReasons(plan, parent, outlook);
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const steps = plan.steps.map((step) => {
    const whole = summed(step, rows, byStep.get(step.name)!);
    return { ...(plan.sample ? sampledForecast(whole, plan.sample) : whole), ...open };
  });
  const nothing = steps.every(({ compute }) => compute.high === 0);
  const removed = (!source.fresh && outlook.changes?.removed) || 0;
  const partitions = Object.keys(parent?.state.steps[source.name]?.partitions ?? {}).length;
  return { steps, partitions, removed, upToDate: source.fresh && nothing };
}

/** The reasons of each step for each group of rows, in the order of the groups. */
export function groupReasons(
  plan: RunPlan,
  parent: Manifest | null,
  outlook: Outlook,
): { readonly groups: readonly RowGroup[]; readonly steps: ReadonlyMap<string, readonly Counted[]> } {
  const source = plan.steps.find((step) => step.source)!;
  const groups = groupsOf(source, parent, outlook);
  /** By step: of each group, how many rows may change. */
  const changing = new Map<string, readonly Range[]>();
  const steps = new Map<string, readonly Counted[]>();
  for (const step of plan.steps) {
    const found = step.source
      ? sourceReasons(step, groups, parent)
      : stepReasons(step, groups, {
          source: source.name,
          parent,
          changing,
          isKnown: outlook.known.has(step.name),
          sameSample: plan.sample !== undefined && plan.sample.ids === parent?.record.sample?.ids,
        });
    steps.set(step.name, found);
    changing.set(
      step.name,
      found.map(({ compute }) => compute),
    );
  }
  return { groups, steps };
}

/** The rows that a plan's steps will have, by how they differ from the parent's. */
function groupsOf(source: PlannedStep, parent: Manifest | null, { changes, estimate }: Outlook): readonly RowGroup[] {
  if (!source.fresh && changes) return changes.groups;
  const before = parent?.state.steps[source.name];
  const asked = source.fresh ? null : (estimate ?? null);
  // Rows that answer another query don't stay.
  const stay = asked === null || before?.collection?.identity === source.collect?.identity;
  const isAgain = source.collect?.refresh === true;
  const kept = Object.entries(stay ? (before?.partitions ?? {}) : {}).map(([partition, { rows }]): RowGroup => ({
    partition,
    isNew: false,
    // Nobody has looked, or it is asked for again: any column may be another.
    changed: source.fresh || (asked !== null && !isAgain) ? [] : null,
    rows,
  }));
  if (asked === null || isAgain) return kept;
  const { low, high } = asked.rows;
  return [...kept, { partition: '', isNew: true, changed: [], rows: high ?? low, atLeast: low }];
}

/** What becomes of one group: its reasons, and the range over all of them. */
export interface Counted {
  readonly reasons: readonly ForecastReason[];
  readonly compute: Range;
}

const NOTHING: Range = { low: 0, high: 0 };
const counted = (reasons: readonly ForecastReason[]): Counted => ({
  reasons,
  compute: reasons.map(({ compute }) => compute).reduce(addRanges, NOTHING),
});
const certain = (why: string, rows: number, low = rows): ForecastReason => ({
  why,
  rows,
  compute: { low, high: rows },
});
const perhaps = (why: string, rows: number, high = rows): ForecastReason => ({ why, rows, compute: { low: 0, high } });
const addRanges = (a: Range, b: Range): Range => ({ low: a.low + b.low, high: a.high + b.high });

interface StepContext {
  readonly source: string;
  readonly parent: Manifest | null;
  readonly changing: ReadonlyMap<string, readonly Range[]>;
  readonly isKnown: boolean;
  /** The rows that a pilot left out are left out again. */
  readonly sameSample: boolean;
}

function stepReasons(
  step: PlannedStep,
  groups: readonly RowGroup[],
  { source, parent, changing, isKnown, sameSample }: StepContext,
): Counted[] {
  const reason = configurationReason(step, parent);
  const words = reason === null ? null : wordsFor(reason, step, parent).join(', ');
  const reads = Object.values(step.reads).filter((read) => read.step === source);
  const toMake = countToMake(step, parent);
  return groups.map((group, index) => {
    const { rows, partition, changed } = group;
    const upstream = step.needs.filter((need) => need !== source && (changing.get(need)?.[index]?.high ?? 0) > 0);
    const inputs = changed === null ? [] : reads.filter(({ column }) => changed.includes(column));
    if (parent === null) return counted([certain('first version', rows, group.atLeast)]);
    if (group.isNew) return counted([isKnown ? perhaps('new row', rows) : certain('new row', rows, group.atLeast)]);
    if (words !== null) {
      const sure = isCertain(reason!) && upstream.length === 0 && changed !== null && !isKnown;
      return counted([sure ? certain(words, rows) : perhaps(words, rows)]);
    }
    if (inputs.length > 0)
      return counted([perhaps(`input (${inputs.map(({ column }) => `${source}.${column}`).join(', ')})`, rows)]);
    const snapshot = reusableSnapshot(step, partition, parent);
    const { again, left, sure } = typeof snapshot === 'string' ? toMake(partition, rows) : NONE_TO_MAKE;
    const rest = rows - again - left;
    const one = sure ? certain : perhaps;
    const retry = [
      ...(left > 0 ? [sameSample ? perhaps('not sampled', left, 0) : one('not sampled', left)] : []),
      ...(again > 0 ? [one('retry', again)] : []),
    ];
    if (snapshot === 'new partition') return counted([perhaps('new partition', rows)]);
    if (changed === null && reads.length > 0) return counted([...retry, perhaps(`rows of ${source}`, rest)]);
    if (upstream.length === 0) return counted(retry);
    const most = upstream.reduce((sum, need) => sum + changing.get(need)![index]!.high, 0);
    return counted([...retry, perhaps(`depends on ${upstream.join(', ')}`, rest, Math.min(rest, most))]);
  });
}

const NONE_TO_MAKE = { again: 0, left: 0, sure: true };

/**
 * Of the parent's cells: how many failed and are asked again, and how many a pilot left out. Counts are of partitions: where
 * one has several groups nobody knows which rows of theirs those are, but never are there more than the partition has.
 */
function countToMake(
  step: PlannedStep,
  parent: Manifest | null,
): (partition: string, rows: number) => typeof NONE_TO_MAKE {
  const unspent = new Map<string, { again: number; left: number }>();
  return (partition, rows) => {
    const before = parent?.state.steps[step.name]?.partitions[partition];
    if (!before) return NONE_TO_MAKE;
    const counts = unspent.get(partition) ?? {
      again: askedAgain(before.counts, step.askAgain),
      left: leftOut(before.counts),
    };
    const again = Math.min(rows, counts.again);
    const left = Math.min(rows - again, counts.left);
    unspent.set(partition, { again: counts.again - again, left: counts.left - left });
    return { again, left, sure: rows === before.rows };
  };
}

function sourceReasons(step: PlannedStep, groups: readonly RowGroup[], parent: Manifest | null): Counted[] {
  const reason = configurationReason(step, parent);
  const words = reason === null ? null : wordsFor(reason, step, parent).join(', ');
  return groups.map(({ isNew, changed, rows, atLeast }) => {
    if (step.fresh) return counted([]);
    if (parent === null) return counted([certain('first version', rows, atLeast)]);
    if (isNew) return counted([certain('new row', rows, atLeast)]);
    if (changed === null) return counted([perhaps(step.collect ? 'refresh' : (words ?? 'its files changed'), rows)]);
    return counted(changed.length === 0 ? [] : [certain(`source (${changed.join(', ')})`, rows)]);
  });
}

/** One step over all groups: rows that have no reason are reused. */
function summed(step: PlannedStep, rows: number, groups: readonly Counted[]): StepForecast {
  const reasons = new Map<string, ForecastReason>();
  for (const reason of groups.flatMap((group) => group.reasons)) {
    const sum = reasons.get(reason.why);
    reasons.set(reason.why, {
      why: reason.why,
      rows: reason.rows + (sum?.rows ?? 0),
      compute: addRanges(reason.compute, sum?.compute ?? NOTHING),
    });
  }
  const found = [...reasons.values()].filter((reason) => reason.rows > 0);
  const compute = found.map((reason) => reason.compute).reduce(addRanges, NOTHING);
  const left = rows - found.reduce((sum, reason) => sum + reason.rows, 0);
  return {
    ...nameOf(step),
    rows,
    compute,
    reuse: { low: rows - compute.high, high: rows - compute.low },
    why: found.map(({ why }) => why),
    reasons: left > 0 ? [...found, { why: 'reused', rows: left, compute: NOTHING }] : found,
  };
}

const nameOf = ({ name, kind, source }: PlannedStep) => ({ step: name, kind, source });

/** With these reasons no cell key can be the same; with the others the keys decide, row by row. */
const isCertain = (reason: Reason) => !['needs', 'outside', 'output columns'].includes(reason);

function wordsFor(reason: Reason, step: PlannedStep, parent: Manifest | null): string[] {
  if (reason === 'outside') return [step.source ? 'its files changed' : 'files beside the dataset changed'];
  if (reason === 'needs') return ['reads from other steps'];
  if (reason !== 'parameters') return [parent === null ? 'first version' : reason];
  return changedParameters(parent!.state.steps[step.name]!.parameters, step.parameters);
}

/** What differs between two sets of parameters, such as `prompt`, `model a → b`, `parameter width`. */
export function changedParameters(before: Json, after: { readonly [name: string]: Json }): string[] {
  const old = isObject(before) ? before : {};
  const names = [...new Set([...Object.keys(old), ...Object.keys(after)])].toSorted();
  return names.flatMap((name) => {
    const [from, to] = [old[name], after[name]];
    if (equalJson(from ?? null, to ?? null)) return [];
    if (isObject(to) && 'prompt' in to) return ['prompt'];
    if (isObject(to) && isObject(from) && 'model' in to && 'model' in from) return [modelChange(from, to)];
    return [`parameter ${name}`];
  });
}

function modelChange(from: { readonly [key: string]: Json }, to: { readonly [key: string]: Json }): string {
  const [before, after] = [from['model'], to['model']];
  return typeof before === 'string' && typeof after === 'string' && before !== after
    ? `model ${before} → ${after}`
    : 'model settings';
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
