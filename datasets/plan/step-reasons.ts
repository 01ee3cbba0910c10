import type { Manifest } from '../../manifests/manifest.ts';
import { type Cause, causeLabel } from '../causes.ts';
import { addRanges, NONE, type Range } from './range.ts';
import { askedAgain, leftOut, stepCauses } from './reuse.ts';
import { rowGroups, type SourceOutlook } from './row-groups.ts';
import type { RowGroup } from './source-changes.ts';
import type { PlannedStep, RunPlan } from './run-plan.ts';

/** Why rows of a step are computed, and how many: certainly so many (low), at most so many (high) of `rows`. */
export interface ForecastReason {
  /** As `gettok diff` calls it. */
  readonly why: string;
  readonly rows: number;
  readonly compute: Range;
}

/** What a forecast is decided from, beside the plan and the parent. */
export interface Outlook extends SourceOutlook {
  /**
   * Whether rows of a partition may have cells that the parent hasn't, under the configuration that the step is to have: then
   * nobody knows how many of them are computed. Null is any partition.
   */
  isKnown(step: string, partition: string | null): boolean;
}

/** What becomes of the rows of one group. */
export interface GroupReasons {
  readonly reasons: readonly ForecastReason[];
  readonly compute: Range;
  /** The reason of those whose own cell gives none; null when they are reused. */
  readonly rest: ForecastReason | null;
  /** Whether those that failed or were left out are computed for certain; null where that is no reason. */
  readonly ownCells: 'certain' | 'perhaps' | null;
}

export const RETRY = causeLabel([{ word: 'retry' }]);
export const LEFT_OUT = causeLabel([{ word: 'not sampled' }]);

/** The reasons of each step for each group of rows, in the order of the groups. */
export function stepReasons(
  plan: RunPlan,
  parent: Manifest | null,
  outlook: Outlook,
): { readonly groups: readonly RowGroup[]; readonly steps: ReadonlyMap<string, readonly GroupReasons[]> } {
  const source = plan.steps.find((step) => step.source)!;
  const groups = rowGroups(source, parent, outlook);
  const filled = new Set(groups.flatMap(({ movedFrom, partition }) => (movedFrom === undefined ? [] : [partition])));
  const steps = new Map<string, readonly GroupReasons[]>();
  for (const step of plan.steps) {
    const context: StepContext = {
      step,
      source,
      parent,
      causes: stepCauses(step, parent),
      countToMake: toMakeCounter(step, parent),
      sameSample: plan.sample !== undefined && plan.sample.ids === parent?.record.sample?.ids,
    };
    // Another step of the same configuration makes the same cells, and may be the first to.
    const hasTwin = plan.steps.some((other) => other !== step && other.configuration === step.configuration);
    const found = groups.map((group, index) => {
      // Rows that change their partition are looked for wherever rows of it come from, and so are those they come to.
      const place = filled.has(group.partition) || group.partition === '' ? null : group.partition;
      const isKnown = hasTwin || outlook.isKnown(step.name, place);
      const upstream = (name: string) => steps.get(name)?.[index]?.compute.high ?? 0;
      return step.source ? sourceReasons(context, group) : groupReasons(context, group, { isKnown, upstream });
    });
    steps.set(step.name, found);
  }
  return { groups, steps };
}

/** What is the same for all groups of a step. */
interface StepContext {
  readonly step: PlannedStep;
  readonly source: PlannedStep;
  readonly parent: Manifest | null;
  /** What keeps the parent's files from being taken, whatever the row. */
  readonly causes: readonly Cause[];
  readonly countToMake: (group: RowGroup) => ToMake;
  /** The rows that a pilot left out are left out again. */
  readonly sameSample: boolean;
}

const labelled = (causes: readonly Cause[], rows: number, { low, high }: Range): ForecastReason => ({
  why: causeLabel(causes),
  rows,
  compute: { low, high },
});
const because = (causes: readonly Cause[], { rows, atLeast }: RowGroup, isCertain: boolean): GroupReasons =>
  ofAllRows(labelled(causes, rows, { low: isCertain ? (atLeast ?? rows) : 0, high: rows }));
const ofAllRows = (reason: ForecastReason): GroupReasons => ({
  reasons: [reason],
  compute: reason.compute,
  rest: reason,
  ownCells: null,
});
const REUSED: GroupReasons = { reasons: [], compute: NONE, rest: null, ownCells: null };

function sourceReasons({ step, parent, causes, countToMake }: StepContext, group: RowGroup): GroupReasons {
  const { isNew, changed, rows } = group;
  if (step.fresh) return REUSED;
  if (parent === null) return because([{ word: 'first version' }], group, true);
  if (isNew) return because([{ word: 'new row' }], group, true);
  if (changed === null) {
    const unseen: readonly Cause[] = step.collect ? [{ word: 'refresh' }] : causes;
    return because(unseen.length > 0 ? unseen : [{ word: 'source' }], group, false);
  }
  if (step.collect) return ownReasons(countToMake(group), rows, { isSure: false, sameSample: false, rest: null });
  // Without other files only the other reading of them is left; with others too, both may have changed the row.
  const reading = causes.filter(({ word }) => word !== 'source');
  const files = causes.length > reading.length || reading.length === 0;
  const why: readonly Cause[] = [...reading, ...(files ? [{ word: 'source', names: changed } as const] : [])];
  return changed.length === 0 ? REUSED : because(why, group, true);
}

function groupReasons(
  { step, source, parent, causes, countToMake, sameSample }: StepContext,
  group: RowGroup,
  { isKnown, upstream }: { readonly isKnown: boolean; readonly upstream: (step: string) => number },
): GroupReasons {
  const { rows, changed } = group;
  if (parent === null) return because([{ word: 'first version' }], group, !isKnown);
  if (group.isNew) return because([{ word: 'new row' }], group, !isKnown);
  const before = parent.state.steps[step.name];
  // There is nothing that anything else could differ from.
  if (!before) return because(causes, group, !isKnown && changed !== null);
  const fromSource = Object.values(step.reads).filter((read) => read.step === source.name);
  const inputs = fromSource.flatMap(({ column }) => (changed?.includes(column) ? [`${source.name}.${column}`] : []));
  // What an API gives is not known before it is asked, what files have is.
  const isOpen = fromSource.length > 0 && (changed === null || source.collect !== null);
  const computed = [...new Set([...(isOpen ? [source.name] : []), ...step.needs.filter((need) => need !== source.name)])];
  const depends = computed.filter((need) => upstream(need) > 0);
  const dependsOn: readonly Cause[] = depends.length > 0 ? [{ word: 'depends on', names: depends }] : [];

  const isSure = !isKnown && changed !== null;
  if (causes.length + inputs.length > 0) {
    // A key that certainly differs from the parent's: of the rest only its parts say whether it does.
    const otherKey = before.configuration !== step.configuration || inputs.length > 0;
    const read: readonly Cause[] = inputs.length > 0 ? [{ word: 'input', names: inputs }] : [];
    return because([...causes, ...read, ...dependsOn], group, isSure && otherKey);
  }
  const most = depends.reduce((sum, need) => sum + upstream(need), 0);
  return ownReasons(countToMake(group), rows, { isSure, sameSample, rest: depends.length > 0 ? { dependsOn, most } : null });
}

/** Rows of the parent's cells that are computed for what they are, before others that depend on what is computed first. */
function ownReasons(
  { again, left, isAll }: ToMake,
  rows: number,
  {
    isSure,
    sameSample,
    rest,
  }: {
    readonly isSure: boolean;
    readonly sameSample: boolean;
    readonly rest: { readonly dependsOn: readonly Cause[]; readonly most: number } | null;
  },
): GroupReasons {
  const low = (some: number) => (isSure && isAll ? some : 0);
  const others = rows - again - left;
  const depending = rest && labelled(rest.dependsOn, others, { low: 0, high: Math.min(others, rest.most) });
  const reasons = [
    ...(left > 0 ? [labelled([{ word: 'not sampled' }], left, sameSample ? NONE : { low: low(left), high: left })] : []),
    ...(again > 0 ? [labelled([{ word: 'retry' }], again, { low: low(again), high: again })] : []),
    ...(depending ? [depending] : []),
  ];
  return {
    reasons,
    compute: addRanges(...reasons.map(({ compute }) => compute)),
    rest: depending,
    ownCells: isSure ? 'certain' : 'perhaps',
  };
}

/** Of the parent's cells of a group: how many failed and are asked again, how many a pilot left out. */
interface ToMake {
  readonly again: number;
  readonly left: number;
  /** The group is all of its partition, so that the numbers are no more than bounds elsewhere. */
  readonly isAll: boolean;
}

/**
 * Counts are of partitions: where one has several groups nobody knows which rows of theirs those are, but never are there
 * more than the partition has.
 */
function toMakeCounter(step: PlannedStep, parent: Manifest | null): (group: RowGroup) => ToMake {
  const unspent = new Map<string, { again: number; left: number }>();
  return ({ partition: now, movedFrom: partition = now, rows }) => {
    const before = parent?.state.steps[step.name]?.partitions[partition];
    if (!before) return { again: 0, left: 0, isAll: true };
    const counts = unspent.get(partition) ?? {
      again: askedAgain(before.counts, step.askAgain),
      left: leftOut(before.counts),
    };
    const again = Math.min(rows, counts.again);
    const left = Math.min(rows - again, counts.left);
    unspent.set(partition, { again: counts.again - again, left: counts.left - left });
    return { again, left, isAll: rows === before.rows };
  };
}
