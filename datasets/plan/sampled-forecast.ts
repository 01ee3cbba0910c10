import type { StepForecast } from './forecast.ts';
import { addRanges, NONE } from './range.ts';
import { type ForecastReason, LEFT_OUT, NEW_ROW, RETRY } from './step-reasons.ts';

/** How many of a pilot's rows are where. */
export interface SampledRows {
  readonly rows: number;
  /** Those among the rows of the parent; the others are new, or gone. */
  readonly inParent: number;
  /** Rows of the parent that are gone, whether of the sample or not. */
  readonly removed: number;
  /** It is the parent's sample, so that none of its rows is among those that the parent left out. */
  readonly isSame: boolean;
}

/**
 * What is left of a step's work in a pilot. How many rows are in the sample is known, how many of them would be computed only
 * where one reason is that of all rows: else their number has bounds.
 */
export function sampledForecast(whole: StepForecast, sample: SampledRows): StepForecast {
  if (whole.source) return whole;
  const isNew = ({ why }: ForecastReason) => why === NEW_ROW;
  const isOut = ({ why }: ForecastReason) => sample.isSame && why === LEFT_OUT;
  const reused = whole.reasons.filter(({ why }) => why === 'reused');
  const work = whole.reasons.filter((reason) => !reused.includes(reason) && !isNew(reason) && !isOut(reason));
  const added = sum(whole.reasons.filter(isNew));
  const left = sum(whole.reasons.filter(isOut));
  const touched = sum(work);
  const all = addRanges(...work.map(({ compute }) => compute));

  const there = whole.rows - added - left;
  const asked = Math.min(sample.inParent, touched);
  const askedNew = Math.min(sample.rows - sample.inParent, added);
  const certain = Math.max(0, sample.inParent - sample.removed + all.low - there);
  const compute = { low: Math.min(asked, certain), high: Math.min(asked, all.high) };
  const outside = left + touched - asked + added - askedNew;
  const why = work.map((reason) => reason.why).join(' or ');
  const reasons = merged([
    { why, rows: asked, compute },
    { why: NEW_ROW, rows: askedNew, compute: { low: 0, high: askedNew } },
    { why: LEFT_OUT, rows: outside, compute: NONE },
    ...reused,
  ]);
  const total = addRanges(...reasons.map((reason) => reason.compute));
  const rest = whole.rows - outside;
  // Outside of the sample what anybody has made before is taken all the same, and so is what failed.
  const certainly = (some: readonly ForecastReason[]) => addRanges(...some.map((reason) => reason.compute)).low;
  const leftAgain = certainly(whole.reasons.filter(isOut));
  const unmade = certainly(whole.reasons.filter((reason) => reason.why !== RETRY && !isOut(reason)));
  return {
    ...whole,
    reasons,
    why: reasons.flatMap((reason) => (reason.compute.high > 0 ? [reason.why] : [])),
    compute: total,
    reuse: { low: rest - total.high, high: whole.rows - leftAgain - Math.max(unmade, total.low) },
  };
}

const sum = (reasons: readonly ForecastReason[]): number => reasons.reduce((rows, reason) => rows + reason.rows, 0);

/** Without those of no row, and each once: a pilot may make what another has left out, and leave out the rest. */
function merged(reasons: readonly ForecastReason[]): ForecastReason[] {
  const byWhy = Map.groupBy(
    reasons.filter(({ rows }) => rows > 0),
    ({ why }) => why,
  );
  return [...byWhy].map(([why, of]) => ({
    why,
    rows: sum(of),
    compute: addRanges(...of.map(({ compute }) => compute)),
  }));
}
