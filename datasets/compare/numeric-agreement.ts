import type { WhyUndefined } from './undefined-statistic.ts';

export type Correlation = { readonly value: number } | { readonly value: null; readonly why: WhyUndefined };

export interface NumericAgreement {
  readonly n: number;
  /** Rows with exactly the same number. */
  readonly equal: number;
  readonly firstMean: number | null;
  readonly secondMean: number | null;
  /** Mean of second − first. */
  readonly meanDifference: number | null;
  /** Standard deviation of the differences, divisor n − 1; null below two rows. */
  readonly differenceSd: number | null;
  readonly meanAbsoluteDifference: number | null;
  readonly pearson: Correlation;
  readonly spearman: Correlation;
}

/**
 * How far two columns of numbers agree. Pearson's product-moment correlation is computed around the means; Spearman's rank
 * correlation is Pearson's of the ranks, ties having their mean rank (C. Spearman, The proof and measurement of association
 * between two things, American Journal of Psychology 15, 1904).
 */
export function numericAgreement(pairs: readonly (readonly [number, number])[]): NumericAgreement {
  const n = pairs.length;
  const first = pairs.map(([a]) => a);
  const second = pairs.map(([, b]) => b);
  const differences = pairs.map(([a, b]) => b - a);
  const meanDifference = meanOf(differences);
  const squares = differences.reduce((sum, difference) => sum + (difference - (meanDifference ?? 0)) ** 2, 0);
  return {
    n,
    equal: differences.filter((difference) => difference === 0).length,
    firstMean: meanOf(first),
    secondMean: meanOf(second),
    meanDifference,
    differenceSd: n < 2 ? null : Math.sqrt(squares / (n - 1)),
    meanAbsoluteDifference: meanOf(differences.map(Math.abs)),
    pearson: pearson(first, second),
    spearman: pearson(ranksOf(first), ranksOf(second)),
  };
}

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

function pearson(first: readonly number[], second: readonly number[]): Correlation {
  if (first.length < 2) return { value: null, why: first.length === 0 ? 'no_rows' : 'too_few_rows' };
  const isConstant = (values: readonly number[]) => values.every((value) => value === values[0]);
  if (isConstant(first) || isConstant(second)) return { value: null, why: 'constant' };
  const a = inOwnUnit(first);
  const b = inOwnUnit(second);
  const products = a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value ** 2, 0);
  return { value: Math.min(1, Math.max(-1, products / Math.sqrt(squares(a) * squares(b)))) };
}

/** Differences from the mean, the largest being 1: a correlation has no unit, and so no square under- or overflows. */
function inOwnUnit(values: readonly number[]): number[] {
  const mean = meanOf(values)!;
  const unit = values.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  return values.map((value) => (value - mean) / unit);
}

function ranksOf(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).toSorted((a, b) => a.value - b.value);
  const ranks = values.map(() => 0);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && order[end]!.value === order[start]!.value) end += 1;
    for (const { index } of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
