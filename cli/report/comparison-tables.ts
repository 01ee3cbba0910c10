import type { Scores } from '../../datasets/compare/class-scores.ts';
import type { MadeBy } from '../../datasets/compare/compared-side.ts';
import type { ComparedPair, Comparison, ReportedSide, Similarity } from '../../datasets/compare/comparison.ts';
import type { Distribution } from '../../datasets/compare/distribution.ts';
import { formatCount, shortDigest } from '../terminal/format-number.ts';
import { formatPaid } from '../terminal/render-spending.ts';
import {
  correlationText,
  decimals,
  askedRows,
  failedRows,
  kappaText,
  measured,
  modelName,
  percent,
  quartilesText,
  refusedRows,
  skippedRows,
} from './statistic-text.ts';

/** A table of a report, before it is HTML or Markdown; the first column is text, the others are numbers unless `words`. */
export interface ReportTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Places of further columns that hold text. */
  readonly words?: readonly number[];
}

const nameOf = ({ sides }: Comparison, index: number): string => sides[index]!.name;

/** Agreement of every pair, a row each. */
export function pairsTable(comparison: Comparison): ReportTable {
  const { measure, pairs } = comparison;
  const statistic = { labels: "Cohen's kappa [95 % CI]", numbers: 'Pearson', text: 'Jaccard, median [quartiles]' }[
    measure
  ];
  return {
    head: [
      'first',
      'second',
      measure === 'labels' ? 'agreement' : 'equal',
      statistic,
      'n',
      'only in first',
      'only in second',
    ],
    words: [1],
    rows: pairs.map((pair) => [
      nameOf(comparison, pair.first),
      nameOf(comparison, pair.second),
      percent(pair.agreement),
      statisticOf(pair),
      ...[pair.both, pair.onlyFirst, pair.onlySecond].map((rows) => formatCount(rows)),
    ]),
  };
}

function statisticOf({ labels, numbers, text }: ComparedPair): string {
  if (labels) return kappaText(labels.kappa);
  return numbers ? correlationText(numbers.pearson) : quartilesText(text?.jaccard ?? null);
}

/** Versions, models, missing values, tokens and cost: a column a side, so that it stays narrow. */
export function sidesTable({ sides }: Comparison): ReportTable {
  const row = (name: string, cell: (side: ReportedSide) => string) => [name, ...sides.map(cell)];
  const rate =
    (rowsOf: (counts: ReportedSide['counts']) => number) =>
    ({ gold, counts }: ReportedSide) =>
      gold || askedRows(counts) === 0
        ? ''
        : `${formatCount(rowsOf(counts))} (${percent(rowsOf(counts) / askedRows(counts))})`;
  const spent =
    (show: (calls: MadeBy['calls']) => string) =>
    ({ made }: ReportedSide) =>
      made && made.calls.calls > 0 ? show(made.calls) : '';
  return {
    head: ['', ...sides.map(({ name }) => name)],
    rows: [
      row('column', ({ made }) => made?.column ?? 'human labels'),
      row('version', ({ made }) => (made ? shortDigest(made.version) : '')),
      row('answered by', ({ made }) => (made ? made.models.map(modelName).join(', ') || made.kind : '')),
      row('rows', ({ counts }) => formatCount(counts.rows)),
      row('with a value', ({ counts }) => formatCount(counts.withValue)),
      row('refused', rate(refusedRows)),
      row('failed (refused too)', rate(failedRows)),
      row('skipped', rate(skippedRows)),
      row(
        'model calls',
        spent(({ calls }) => formatCount(calls)),
      ),
      row(
        'tokens in',
        spent(({ input_tokens: tokens }) => formatCount(BigInt(tokens))),
      ),
      row(
        'tokens out',
        spent(({ output_tokens: tokens }) => formatCount(BigInt(tokens))),
      ),
      row('cost', spent(formatPaid)),
    ],
  };
}

export function scoresTable({ classes, macro, micro, weighted }: NonNullable<ComparedPair['scores']>): ReportTable {
  const cells = ({ precision, recall, f1 }: Scores) => [precision, recall, f1].map((value) => decimals(value));
  return {
    head: ['label', 'precision', 'recall', 'F1', 'human labels', 'given'],
    rows: [
      ...classes.map((of) => [of.label, ...cells(of), formatCount(of.support), formatCount(of.given)]),
      ...Object.entries({ macro, micro, weighted }).map(([how, scores]) => [
        `${how} average`,
        ...cells(scores),
        '',
        '',
      ]),
    ],
  };
}

export function matrixTable(comparison: Comparison, pair: ComparedPair): ReportTable {
  const { labels, counts } = pair.labels!.matrix;
  return {
    head: [`${nameOf(comparison, pair.first)} ↓   ${nameOf(comparison, pair.second)} →`, ...labels],
    rows: counts.map((row, index) => [labels[index]!, ...row.map((count) => formatCount(count))]),
  };
}

export function numbersTable({ numbers, similarity, both, agreement }: ComparedPair): ReportTable {
  const of = numbers!;
  return {
    head: ['', ''],
    rows: [
      ['n', formatCount(both)],
      ['mean of the first', measured(of.firstMean)],
      ['mean of the second', measured(of.secondMean)],
      ['mean difference', measured(of.meanDifference)],
      ['standard deviation of the differences', measured(of.differenceSd)],
      ['mean absolute difference', measured(of.meanAbsoluteDifference)],
      ['Pearson', correlationText(of.pearson)],
      ['Spearman', correlationText(of.spearman)],
      ['equal', percent(agreement)],
      ...similarityRow(similarity).map(([name, mean, median]) => [name!, `mean ${mean}, ${median}`]),
    ],
  };
}

export function textTable({ text, similarity }: ComparedPair): ReportTable {
  const { firstLength, secondLength, jaccard, rouge1 } = text!;
  const count = (value: number | null) => (value === null ? '–' : formatCount(Math.round(value)));
  const row = (name: string, of: Distribution | null, show = decimals) => [
    name,
    show(of?.mean ?? null),
    quartilesText(of, show),
    formatCount(of?.n ?? 0),
  ];
  return {
    head: ['', 'mean', 'median [quartiles]', 'n'],
    rows: [
      row('characters of the first', firstLength, count),
      row('characters of the second', secondLength, count),
      row('Jaccard', jaccard),
      row('ROUGE-1 F1', rouge1),
      ...similarityRow(similarity),
    ],
  };
}

const similarityRow = (similarity: Similarity | undefined): string[][] =>
  similarity
    ? [
        [
          'cosine similarity',
          decimals(similarity.cosine?.mean ?? null),
          quartilesText(similarity.cosine),
          formatCount(similarity.cosine?.n ?? 0),
        ],
      ]
    : [];

export function strataTable({ changed }: Comparison, shown: number): ReportTable {
  return {
    head: ['change', 'rows', 'share', 'to read'],
    rows: changed.strata
      .slice(0, shown)
      .map(({ stratum, rows, sampled }) => [
        stratum,
        formatCount(rows),
        percent(rows / changed.rows),
        formatCount(sampled),
      ]),
  };
}
