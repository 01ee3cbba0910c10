import type { ComparedPair, Comparison } from '../../datasets/compare/comparison.ts';

/** The pairs a person looks at first: with human labels where there are any, else all. */
export function mainPairs({ pairs, sides }: Comparison): readonly ComparedPair[] {
  const scored = pairs.filter(({ first, second }) => sides[first]!.gold && !sides[second]!.gold);
  return scored.length > 0 ? scored : pairs;
}
