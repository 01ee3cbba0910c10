import type { LabelPattern } from './label-pattern.ts';

export interface ConfusionMatrix {
  readonly labels: readonly string[];
  /** `counts[i][j]`: rows with the first side's label `i` and the second side's label `j`. */
  readonly counts: readonly (readonly number[])[];
  /** Rows with a label on both sides. */
  readonly n: number;
}

/** Rows by their labels on two sides; those that have none on one of them aren't in it. Every label is in `labels`. */
export function confusionMatrix(
  patterns: readonly LabelPattern[],
  [first, second]: readonly [number, number],
  labels: readonly string[],
): ConfusionMatrix {
  const place = new Map(labels.map((label, index) => [label, index]));
  const counts = labels.map(() => labels.map(() => 0));
  let n = 0;
  for (const { labels: given, rows } of patterns) {
    const a = given[first] ?? null;
    const b = given[second] ?? null;
    if (a === null || b === null) continue;
    counts[place.get(a)!]![place.get(b)!]! += rows;
    n += rows;
  }
  return { labels, counts, n };
}

/** Sums of the rows and of the columns. */
export const marginsOf = ({ counts }: Pick<ConfusionMatrix, 'counts'>) => ({
  first: counts.map((row) => row.reduce((sum, count) => sum + count, 0)),
  second: counts.map((_, column) => counts.reduce((sum, row) => sum + row[column]!, 0)),
});

/** Rows on the diagonal. */
export const agreeingRows = ({ counts }: Pick<ConfusionMatrix, 'counts'>): number =>
  counts.reduce((sum, row, index) => sum + row[index]!, 0);
