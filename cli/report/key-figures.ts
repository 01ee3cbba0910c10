import type { ComparedPair, Comparison } from '../../datasets/compare/comparison.ts';
import { formatCount } from '../terminal/format-number.ts';
import { mainPairs } from './main-pairs.ts';
import { markup, type Markup } from './markup.ts';
import { pointPlot } from './plots.ts';
import { alphaText, correlationText, decimals, measured, percent, undefinedText } from './statistic-text.ts';

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly more?: string;
}

/** What a reader came for, at the top. */
export function keyFigures(comparison: Comparison): Markup {
  const { alpha, changed, sides } = comparison;
  const main = mainPairs(comparison);
  const figures: Figure[] = [
    ...main.slice(0, 3).flatMap((pair) => figuresOf(pair, main.length > 1 ? `, ${namesOf(comparison, pair)}` : '')),
    ...(alpha
      ? [{ name: `Krippendorff's alpha, ${sides.length} sides`, value: alphaText(alpha), more: alpha.metric }]
      : []),
    { name: 'rows that differ', value: formatCount(changed.rows), more: `of ${formatCount(changed.of)}` },
  ];
  // A sentence in place of a number is set as one.
  return markup`<dl class="figures">
    ${figures.map(
      ({ name, value, more }) =>
        markup`<div><dt>${name}</dt><dd${value.length > 14 && markup` class="words"`}>${value}${more !== undefined && markup`<small>${more}</small>`}</dd></div>`,
    )}
  </dl>`;
}

const namesOf = ({ sides }: Comparison, { first, second }: ComparedPair): string =>
  `${sides[first]!.name} → ${sides[second]!.name}`;

function figuresOf(
  { agreement, both, labels, scores, numbers, text, similarity }: ComparedPair,
  whose: string,
): Figure[] {
  const n = `n = ${formatCount(both)}`;
  if (numbers)
    return [
      { name: `mean difference${whose}`, value: measured(numbers.meanDifference), more: n },
      { name: `Pearson${whose}`, value: correlationText(numbers.pearson) },
    ];
  if (text)
    return [
      { name: `the same text${whose}`, value: percent(agreement), more: n },
      { name: `Jaccard, median${whose}`, value: decimals(text.jaccard?.quartiles[1] ?? null) },
      ...(similarity
        ? [{ name: `cosine, median${whose}`, value: decimals(similarity.cosine?.quartiles[1] ?? null) }]
        : []),
    ];
  const { kappa } = labels!;
  return [
    { name: `agreement${whose}`, value: percent(agreement), more: n },
    kappa.kappa === null
      ? { name: `Cohen's kappa${whose}`, value: undefinedText(kappa.why) }
      : {
          name: `Cohen's kappa${whose}`,
          value: decimals(kappa.kappa),
          more: `95 % from ${decimals(kappa.low)} to ${decimals(kappa.high)}`,
        },
    ...(scores ? [{ name: `macro F1${whose}`, value: decimals(scores.macro.f1) }] : []),
  ];
}

/** Kappa of every pair with its interval. */
export function agreementPlot(comparison: Comparison): Markup | false {
  if (comparison.measure !== 'labels') return false;
  const rows = comparison.pairs.map((pair) => {
    const { kappa } = pair.labels!;
    const name = namesOf(comparison, pair);
    const value = kappa.kappa;
    return {
      name,
      points: [{ value, mark: 'first', title: `${name}: kappa ${decimals(value)}` }],
      ...(kappa.kappa !== null && { interval: [kappa.low, kappa.high] as const }),
    };
  });
  return markup`<h3>Cohen's kappa with its 95 % confidence interval</h3>
    ${pointPlot(rows, "Cohen's kappa of every pair")}`;
}
