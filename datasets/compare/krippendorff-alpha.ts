import type { LabelPattern } from './label-pattern.ts';
import type { WhyUndefined } from './undefined-statistic.ts';

export type KrippendorffAlpha =
  | {
      readonly alpha: number;
      /** Rows with at least two values, and how many values those have. */
      readonly units: number;
      readonly values: number;
    }
  | { readonly alpha: null; readonly why: WhyUndefined };

/**
 * Krippendorff's alpha of any number of raters with missing values, nominal metric (two labels differ or they don't):
 *
 *     α = 1 − (n − 1) Σ_{c≠k} o_ck / Σ_{c≠k} n_c n_k
 *
 * with `o_ck` the coincidences of labels c and k, each unit's pairs weighted by 1 / (its values − 1), and `n_c` their sums
 * (K. Krippendorff, Computing Krippendorff's Alpha-Reliability, University of Pennsylvania, 2011, part C). Units with a
 * single value say nothing and are left out. Undefined when every value is the same.
 */
export function nominalAlpha(patterns: readonly LabelPattern[]): KrippendorffAlpha {
  const totals = new Map<string, number>();
  let units = 0;
  let values = 0;
  let disagreement = 0;
  for (const { labels, rows } of patterns) {
    const given = labels.filter((label) => label !== null);
    if (given.length < 2 || rows === 0) continue;
    units += rows;
    values += rows * given.length;
    const inUnit = new Map<string, number>();
    for (const label of given) {
      inUnit.set(label, (inUnit.get(label) ?? 0) + 1);
      totals.set(label, (totals.get(label) ?? 0) + rows);
    }
    const same = [...inUnit.values()].reduce((sum, count) => sum + count * count, 0);
    disagreement += (rows * (given.length ** 2 - same)) / (given.length - 1);
  }
  if (units === 0) return { alpha: null, why: 'no_rows' };
  if (totals.size < 2) return { alpha: null, why: 'one_value' };
  const same = [...totals.values()].reduce((sum, count) => sum + count * count, 0);
  return { alpha: 1 - ((values - 1) * disagreement) / (values ** 2 - same), units, values };
}

/**
 * The same with the interval metric, `δ² = (c − k)²`, for numbers (Krippendorff 2011, part D): a unit's squared differences
 * are summed as `2 (m Σx² − (Σx)²)`, around the mean of all values, so that large numbers close together keep their digits.
 */
export function intervalAlpha(rows: readonly (readonly (number | null)[])[]): KrippendorffAlpha {
  const paired = rows.map((row) => row.filter((value) => value !== null)).filter((row) => row.length >= 2);
  const values = paired.flat();
  if (values.length === 0) return { alpha: null, why: 'no_rows' };
  if (values.every((value) => value === values[0])) return { alpha: null, why: 'one_value' };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  // Alpha has no unit: in this one no square is too large or too small for a number.
  const unit = values.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  let observed = 0;
  let all = 0;
  let squares = 0;
  for (const row of paired) {
    const parts = row.map((value) => (value - mean) / unit);
    const sum = parts.reduce((total, part) => total + part, 0);
    const sumOfSquares = parts.reduce((total, part) => total + part ** 2, 0);
    observed += (2 * (row.length * sumOfSquares - sum ** 2)) / (row.length - 1);
    all += sum;
    squares += sumOfSquares;
  }
  const expected = 2 * (values.length * squares - all ** 2);
  return { alpha: 1 - ((values.length - 1) * observed) / expected, units: paired.length, values: values.length };
}
