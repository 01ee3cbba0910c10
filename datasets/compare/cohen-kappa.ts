import { agreeingRows, type ConfusionMatrix, marginsOf } from './confusion-matrix.ts';
import type { WhyUndefined } from './undefined-statistic.ts';

/** 97.5 % of the standard normal distribution lie below it. */
export const NORMAL_975 = 1.959963984540054;

export type CohenKappa =
  | {
      readonly kappa: number;
      readonly standardError: number;
      /** 95 % confidence interval, cut off at -1 and 1. */
      readonly low: number;
      readonly high: number;
    }
  | { readonly kappa: null; readonly why: WhyUndefined };

/**
 * Cohen's kappa of two raters, unweighted: `(po − pe) / (1 − pe)`, where `po` is the share of rows on which they agree and
 * `pe` the share on which raters with these marginal frequencies would by chance (J. Cohen, A coefficient of agreement for
 * nominal scales, Educational and Psychological Measurement 20, 1960). The standard error is that of J. L. Fleiss, J. Cohen
 * and B. S. Everitt, Large sample standard errors of kappa and weighted kappa, Psychological Bulletin 72, 1969, equation 13:
 *
 *     A = Σᵢ pᵢᵢ (1 − (pᵢ. + p.ᵢ)(1 − κ))²     B = (1 − κ)² Σᵢ≠ⱼ pᵢⱼ (p.ᵢ + pⱼ.)²     C = (κ − pe (1 − κ))²
 *     se = √(A + B − C) / ((1 − pe) √n)
 *
 * The interval is κ ± 1.96 se: for few rows it is too narrow. Kappa is undefined when both raters gave one and the same
 * label to every row (pe = 1).
 */
export function cohenKappa(matrix: ConfusionMatrix): CohenKappa {
  const { counts, n } = matrix;
  if (n === 0) return { kappa: null, why: 'no_rows' };
  const { first, second } = marginsOf(matrix);
  // In whole numbers: pe would only nearly be 1.
  if (first.some((rows, label) => rows === n && second[label] === n)) return { kappa: null, why: 'one_value' };
  const p = counts.map((row) => row.map((count) => count / n));
  const rows = first.map((count) => count / n);
  const columns = second.map((count) => count / n);
  const observed = agreeingRows(matrix) / n;
  const expected = rows.reduce((sum, share, label) => sum + share * columns[label]!, 0);
  const kappa = (observed - expected) / (1 - expected);
  const miss = 1 - kappa;
  let a = 0;
  let b = 0;
  for (const [i, row] of p.entries())
    for (const [j, share] of row.entries()) {
      if (i === j) a += share * (1 - (rows[i]! + columns[i]!) * miss) ** 2;
      else b += share * (columns[i]! + rows[j]!) ** 2;
    }
  const c = (kappa - expected * miss) ** 2;
  // Rounding may leave a little less than nothing where raters agree everywhere.
  const standardError = Math.sqrt(Math.max(0, a + miss ** 2 * b - c)) / ((1 - expected) * Math.sqrt(n));
  const low = Math.max(-1, kappa - NORMAL_975 * standardError);
  const high = Math.min(1, kappa + NORMAL_975 * standardError);
  return { kappa, standardError, low, high };
}
