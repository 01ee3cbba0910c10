import { agreeingRows, type ConfusionMatrix, marginsOf } from './confusion-matrix.ts';

export interface Scores {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

export interface ClassScore extends Scores {
  readonly label: string;
  /** Rows that have it in the gold standard. */
  readonly support: number;
  /** Rows to which it was given. */
  readonly given: number;
}

export interface ClassScores {
  readonly classes: readonly ClassScore[];
  /** Share of rows with the right label: what micro-averaged precision, recall and F1 all are when each row has one label. */
  readonly accuracy: number | null;
  readonly micro: Scores;
  readonly macro: Scores;
  readonly weighted: Scores;
}

/**
 * Precision, recall and F1 of each label against a gold standard, `matrix` having the gold labels as rows:
 *
 *     precision = right / given     recall = right / support     F1 = 2 right / (given + support)
 *
 * null where the divisor is 0. Macro averages are plain means over the labels that either side gave, weighted ones are
 * weighted by support, with 0 for a precision or recall that has no value: as scikit-learn's
 * `precision_recall_fscore_support(zero_division=0)` does. Macro F1 is the mean of the labels' F1, not that of the means.
 */
export function classScores(matrix: ConfusionMatrix): ClassScores {
  const { first, second } = marginsOf(matrix);
  const classes = matrix.labels.map((label, index): ClassScore => {
    const right = matrix.counts[index]![index]!;
    const support = first[index]!;
    const given = second[index]!;
    const scores = {
      precision: ratio(right, given),
      recall: ratio(right, support),
      f1: ratio(2 * right, given + support),
    };
    return { label, ...scores, support, given };
  });
  const present = classes.filter(({ support, given }) => support + given > 0);
  const accuracy = ratio(agreeingRows(matrix), matrix.n);
  return {
    classes,
    accuracy,
    micro: { precision: accuracy, recall: accuracy, f1: accuracy },
    macro: mean(present, () => 1),
    weighted: mean(present, ({ support }) => support),
  };
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

function mean(classes: readonly ClassScore[], weightOf: (of: ClassScore) => number): Scores {
  const weights = classes.reduce((sum, of) => sum + weightOf(of), 0);
  const average = (name: keyof Scores) =>
    ratio(
      classes.reduce((sum, of) => sum + weightOf(of) * (of[name] ?? 0), 0),
      weights,
    );
  return { precision: average('precision'), recall: average('recall'), f1: average('f1') };
}
