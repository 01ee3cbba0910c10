import type { Comparison } from '../../datasets/compare/comparison.ts';

/** How the figures of a report were computed, one sentence a statistic, with its source. */
export function methodsText({ measure, pairs, alpha, changed, sides }: Comparison): string[] {
  const gold = sides.some((side) => side.gold);
  return [
    'Rows are matched by id. Agreement is the share of equal values among the rows that have a value on both sides (n).',
    ...(measure === 'labels'
      ? [
          "Cohen's kappa is unweighted, (po − pe) / (1 − pe) (Cohen 1960); in brackets its 95 % confidence interval by the large-sample standard error of Fleiss, Cohen and Everitt (1969), equation 13.",
        ]
      : []),
    ...(gold && measure === 'labels'
      ? [
          'Precision, recall and F1 are over the rows that have both a human label and an answer. Macro averages are plain means over the labels that occur, weighted ones are weighted by the number of human labels; with one label a row the micro averages all equal the accuracy. A precision or recall without a value counts as 0 in an average.',
        ]
      : []),
    ...(alpha
      ? [
          `Krippendorff's alpha is that of the ${alpha.metric} metric over all rows with at least two values (Krippendorff 2011).`,
        ]
      : []),
    ...(measure === 'text'
      ? [
          'Words are runs of letters, marks and digits in lower case after NFKC normalisation; characters of scripts without spaces count as words. Jaccard is the number of different words in both texts over that in either. ROUGE-1 F1 is twice the number of words matched, each as often as it occurs in both, over the words of both (Lin 2004; no stemming, no stop words). Lengths are in characters (Unicode code points).',
        ]
      : []),
    ...(measure === 'numbers'
      ? [
          'Differences are second minus first; their standard deviation has the divisor n − 1. Pearson is the product-moment correlation, Spearman that of the ranks, ties having their mean rank.',
        ]
      : []),
    ...(pairs.some(({ similarity }) => similarity)
      ? ['Cosine similarity is that of the embedding vectors of the two sides.']
      : []),
    `The rows to read are drawn at random (seed ${changed.seed}), as many of each kind of change as of any other.`,
  ];
}
