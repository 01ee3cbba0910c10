import type { Manifest } from '../../manifests/manifest.ts';
import { type Cause, causeLabel } from '../causes.ts';
import type { KnownCells, TakenCells } from './known-cells.ts';
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
  /** Rows of a pilot's sample that are in the parent; all of them where nobody has looked. */
  readonly sampledInParent?: number;
  /** Cells that the index has of a step beside the parent's: null for none. Of any partition where none is given. */
  readonly known: (step: string, partition: string | null) => KnownCells | null;
}

/** What becomes of the rows of one group. */
export interface GroupReasons {
  readonly reasons: readonly ForecastReason[];
  readonly compute: Range;
  /** The reason of those whose own cell gives none; null when they are reused. */
  readonly rest: ForecastReason | null;
  /** Whether a row that failed or was left out has that for a reason. */
  readonly ownCells: boolean;
  /** Rows whose values may be others than the parent's: what is computed, and what is taken from elsewhere. */
  readonly changing: number;
  /** Whether a row is reused although the others of its group are not. */
  readonly isTaken?: (id: string) => boolean;
  /** Whether a row that has a reason, its own cell or the other, is computed for certain. */
  readonly isCertain: (id: string, isOwn: boolean) => boolean;
}

export const NEW_ROW = causeLabel([{ word: 'new row' }]);
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
      sameSample: isSameSample(plan, parent),
    };
    // Another step of the same configuration makes the same cells, and may be the first to.
    const hasTwin = plan.steps.some((other) => other !== step && other.configuration === step.configuration);
    const found = groups.map((group, index) => {
      // Rows that change their partition are looked for wherever rows of it come from, and so are those they come to.
      const place = filled.has(group.partition) || group.partition === '' ? null : group.partition;
      const known = hasTwin ? ANY : outlook.known(step.name, place);
      const upstream = (name: string) => steps.get(name)?.[index]?.changing ?? 0;
      return step.source ? sourceReasons(context, group) : groupReasons(context, group, { known, upstream });
    });
    steps.set(step.name, found);
  }
  return { groups, steps };
}

/** A pilot whose rows are those of the parent's leaves out what that one did. */
export const isSameSample = ({ sample }: Pick<RunPlan, 'sample'>, parent: Manifest | null): boolean =>
  sample !== undefined && sample.ids === parent?.record.sample?.ids;

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
/** Of some rows: so many are computed for certain, and which. */
interface Certain {
  readonly rows: number;
  readonly has: (id: string) => boolean;
}

const NONE_CERTAIN: Certain = { rows: 0, has: () => false };
const ANY: KnownCells = { ids: null, remade: null };

/** Of rows whose keys nobody in the parent has: those that nobody else has a cell of. */
function certainOf({ rows, atLeast = rows, ids }: RowGroup, known: KnownCells | null): Certain {
  if (known === null) return { rows: atLeast, has: () => true };
  const there = known.ids;
  if (there === null) return NONE_CERTAIN;
  const has = (id: string) => !there.has(id);
  return { rows: ids ? ids.filter(has).length : Math.max(0, atLeast - there.size), has };
}

/** One reason for all rows of a group. */
function because(causes: readonly Cause[], group: RowGroup, certain = certainOf(group, null)): GroupReasons {
  const reason = labelled(causes, group.rows, { low: certain.rows, high: group.rows });
  const isCertain = (id: string) => certain.has(id);
  const { compute } = reason;
  return { reasons: [reason], compute, rest: reason, ownCells: false, changing: compute.high, isCertain };
}
const REUSED: GroupReasons = {
  reasons: [],
  compute: NONE,
  rest: null,
  ownCells: false,
  changing: 0,
  isCertain: () => true,
};

/** Where the wanted keys are known, it is certain which rows are computed, and that the others are not. */
function exactly(
  taken: TakenCells,
  causes: readonly Cause[],
  { rows }: RowGroup,
  valuesBefore: string | undefined,
): GroupReasons {
  const changing = taken.values !== null && taken.values === valuesBefore ? 0 : rows;
  const missing = rows - taken.ids.size;
  if (missing === 0) return { ...REUSED, changing };
  const reason = labelled(causes, missing, { low: missing, high: missing });
  const isTaken = (id: string) => taken.ids.has(id);
  return {
    reasons: [reason],
    compute: reason.compute,
    rest: reason,
    ownCells: false,
    changing,
    isTaken,
    isCertain: () => true,
  };
}

function sourceReasons({ step, parent, causes, countToMake }: StepContext, group: RowGroup): GroupReasons {
  const { isNew, changed, rows } = group;
  if (step.fresh) return REUSED;
  if (parent === null) return because([{ word: 'first version' }], group);
  if (isNew) return because([{ word: 'new row' }], group);
  if (changed === null) {
    const unseen: readonly Cause[] = step.collect ? [{ word: 'refresh' }] : causes;
    return because(unseen.length > 0 ? unseen : [{ word: 'source' }], group, NONE_CERTAIN);
  }
  if (step.collect) return ownReasons(countToMake(group), rows, { known: ANY, sameSample: false, rest: null });
  // Without other files only the other reading of them is left; with others too, both may have changed the row.
  const reading = causes.filter(({ word }) => word !== 'source');
  const files = causes.length > reading.length || reading.length === 0;
  const why: readonly Cause[] = [...reading, ...(files ? [{ word: 'source', names: changed } as const] : [])];
  return changed.length === 0 ? REUSED : because(why, group);
}

function groupReasons(
  { step, source, parent, causes, countToMake, sameSample }: StepContext,
  group: RowGroup,
  { known, upstream }: { readonly known: KnownCells | null; readonly upstream: (step: string) => number },
): GroupReasons {
  const { rows, changed } = group;
  // Rows that are asked for again may be gone.
  const certain = changed === null ? NONE_CERTAIN : certainOf(group, known);
  if (parent === null) return because([{ word: 'first version' }], group, certain);
  if (group.isNew) return because([{ word: 'new row' }], group, certain);
  const before = parent.state.steps[step.name];
  // There is nothing that anything else could differ from.
  if (!before) return because(causes, group, certain);
  const fromSource = Object.values(step.reads).filter((read) => read.step === source.name);
  const inputs = fromSource.flatMap(({ column }) => (changed?.includes(column) ? [`${source.name}.${column}`] : []));
  // What an API gives is not known before it is asked, what files have is.
  const isOpen = fromSource.length > 0 && (changed === null || source.collect !== null);
  const computed = [
    ...new Set([...(isOpen ? [source.name] : []), ...step.needs.filter((need) => need !== source.name)]),
  ];
  const depends = computed.filter((need) => upstream(need) > 0);
  const dependsOn: readonly Cause[] = depends.length > 0 ? [{ word: 'depends on', names: depends }] : [];
  const why = [...causes, ...dependsOn];
  if (known?.taken && why.length > 0)
    return exactly(known.taken, why, group, before.partitions[group.partition]?.values);

  if (causes.length + inputs.length > 0) {
    // A key that certainly differs from the parent's: of the rest only its parts say whether it does.
    const otherKey = before.configuration !== step.configuration || inputs.length > 0;
    const read: readonly Cause[] = inputs.length > 0 ? [{ word: 'input', names: inputs }] : [];
    return because([...causes, ...read, ...dependsOn], group, otherKey ? certain : NONE_CERTAIN);
  }
  const most = depends.reduce((sum, need) => sum + upstream(need), 0);
  return ownReasons(countToMake(group), rows, {
    known: changed === null ? ANY : known,
    sameSample,
    rest: depends.length > 0 ? { dependsOn, most } : null,
  });
}

/** Rows of the parent's cells that are computed for what they are, before others that depend on what is computed first. */
function ownReasons(
  { again, left, isAll }: ToMake,
  rows: number,
  {
    known,
    sameSample,
    rest,
  }: {
    readonly known: KnownCells | null;
    readonly sameSample: boolean;
    readonly rest: { readonly dependsOn: readonly Cause[]; readonly most: number } | null;
  },
): GroupReasons {
  // A row whose inputs are computed first may get the key of any cell that there is of it.
  const there = known === null ? new Set<string>() : rest ? known.ids : known.remade;
  // Nobody looks for other cells of rows that don't add up to something certain.
  const low = (some: number) => (there && isAll ? Math.max(0, some - there.size) : 0);
  const kept = rows - again - left;
  const depending = rest && labelled(rest.dependsOn, kept, { low: 0, high: Math.min(kept, rest.most) });
  const own = (word: 'not sampled' | 'retry', some: number) =>
    some > 0 ? [labelled([{ word }], some, { low: low(some), high: some })] : [];
  const notSampled = own('not sampled', left);
  const others = [...own('retry', again), ...(depending ? [depending] : [])];
  const compute = addRanges(...(sameSample ? others : [...notSampled, ...others]).map((reason) => reason.compute));
  return {
    reasons: [...notSampled, ...others],
    compute,
    rest: depending,
    ownCells: true,
    changing: compute.high,
    isCertain: (id, isOwn) => isOwn && isAll && there?.has(id) === false,
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
