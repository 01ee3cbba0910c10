import type { ClassScore, Scores } from '../../datasets/compare/class-scores.ts';
import type { ComparedPair, Comparison, ReportedSide } from '../../datasets/compare/comparison.ts';
import type { CallTotals } from '../../manifests/manifest.ts';
import type { ComparedVersions } from '../compare-versions.ts';
import { mainPairs } from '../report/main-pairs.ts';
import {
  alphaText,
  correlationText,
  decimals,
  failedRows,
  FEW_ROWS,
  kappaText,
  measured,
  percent,
  quartilesText,
  refusedRows,
} from '../report/statistic-text.ts';
import type { Colours } from './colours.ts';
import { formatCost, formatCount, plural } from './format-number.ts';
import { formatPaid } from './render-spending.ts';
import { displayWidth, printable, renderTable, type TableColumn } from './render-table.ts';
import { wrapWords } from './wrap-words.ts';

interface Style {
  readonly width: number;
  readonly colours: Colours;
}

const SHOWN_CHANGES = 5;

/** A comparison for a terminal: what agrees first, then the matrix or the scores, then what it cost and what changed. */
export function renderComparison({ comparison, gold }: ComparedVersions, report: string | null, style: Style): string {
  const { sides, alpha, changed } = comparison;
  const blocks = [
    ...(sides.length > 2
      ? [
          [
            renderPairs(comparison, style),
            ...(alpha ? [`Krippendorff's alpha (${alpha.metric}) ${alphaText(alpha)}`] : []),
          ].join('\n'),
        ]
      : []),
    ...mainPairs(comparison).map((pair) => renderPair(comparison, pair, style)),
    renderSides(comparison, style),
    ...(gold.some(({ unlabelled, unknown }) => unlabelled + unknown > 0)
      ? [
          gold
            .map(({ name, labelled, unlabelled, unknown }) =>
              style.colours.dim(
                `${printable(name)}: ${formatCount(labelled)} labelled, ${formatCount(unlabelled)} without a label, ${formatCount(unknown)} not in any version compared`,
              ),
            )
            .join('\n'),
        ]
      : []),
    [...wrapWords(renderChanges(changed), style.width), report ?? style.colours.dim(HINT)].join('\n'),
  ];
  return blocks.join('\n\n');
}

const HINT = 'report with plots and rows to read:  add -o report.html    for a paper:  -o report.md';

function renderPairs({ pairs, sides, measure }: Comparison, { width }: Style): string {
  const second = measure === 'labels' ? "Cohen's kappa" : measure === 'numbers' ? 'Pearson' : 'Jaccard';
  const columns: TableColumn[] = [
    { title: '' },
    { title: '', shrinks: true },
    { title: 'agreement', align: 'right' },
    { title: second },
    { title: 'n', align: 'right' },
  ];
  const rows = pairs.map((pair) => [
    printable(sides[pair.first]!.name),
    printable(sides[pair.second]!.name),
    percent(pair.agreement),
    pair.labels
      ? kappaText(pair.labels.kappa)
      : pair.numbers
        ? correlationText(pair.numbers.pearson)
        : quartilesText(pair.text?.jaccard ?? null),
    formatCount(pair.both),
  ]);
  return renderTable(columns, rows, width);
}

function renderPair({ sides }: Comparison, pair: ComparedPair, style: Style): string {
  const { bold, dim } = style.colours;
  const first = printable(sides[pair.first]!.name);
  const second = printable(sides[pair.second]!.name);
  const n = `n = ${formatCount(pair.both)}`;
  const head = sides.length > 2 ? [bold(`${first} → ${second}`)] : [];
  const missing = [
    ...(pair.onlyFirst > 0 ? [`${formatCount(pair.onlyFirst)} only in ${first}`] : []),
    ...(pair.onlySecond > 0 && !sides[pair.first]!.gold ? [`${formatCount(pair.onlySecond)} only in ${second}`] : []),
  ];
  const notes = missing.length > 0 ? [dim(`not counted: a value on one side only, ${missing.join(', ')}`)] : [];
  if (pair.labels) {
    const { kappa } = pair.labels;
    const few = kappa.kappa !== null && pair.both < FEW_ROWS ? [dim('few rows: the interval is only a rough one')] : [];
    return [
      ...head,
      `${bold(`agreement ${percent(pair.agreement)}`)}   Cohen's kappa ${kappaText(kappa)}   ${n}`,
      renderMatrix(pair.labels.matrix, style),
      ...(pair.scores ? ['', renderScores(pair.scores, style)] : []),
      ...few,
      ...notes,
    ].join('\n');
  }
  const similar = pair.similarity
    ? [`cosine similarity, median [quartiles]: ${quartilesText(pair.similarity.cosine)}`]
    : [];
  if (pair.numbers) {
    const of = pair.numbers;
    return [
      ...head,
      `${bold(`mean ${measured(of.firstMean)} → ${measured(of.secondMean)}`)}   difference ${measured(of.meanDifference)} (sd ${measured(of.differenceSd)})   ${n}`,
      `Pearson ${correlationText(of.pearson)}   Spearman ${correlationText(of.spearman)}   equal ${percent(pair.agreement)}   mean absolute difference ${measured(of.meanAbsoluteDifference)}`,
      ...similar,
      ...notes,
    ].join('\n');
  }
  const text = pair.text!;
  const count = (value: number | null) => (value === null ? '–' : formatCount(Math.round(value)));
  return [
    ...head,
    `${bold(`the same text ${percent(pair.agreement)}`)}   ${n}`,
    `median [quartiles]:  words in common (Jaccard) ${quartilesText(text.jaccard)}   ROUGE-1 F1 ${quartilesText(text.rouge1)}`,
    `characters ${quartilesText(text.firstLength, count)} → ${quartilesText(text.secondLength, count)}`,
    ...similar,
    ...notes,
  ].join('\n');
}

/** A table, or the most frequent transitions where the terminal is too narrow for one. */
function renderMatrix(
  { labels, counts }: NonNullable<ComparedPair['labels']>['matrix'],
  { width, colours }: Style,
): string {
  const names = labels.map(printable);
  const columns: TableColumn[] = [
    { title: '' },
    ...names.map((name, index) => ({ title: index === 0 ? `→ ${name}` : name, align: 'right' as const })),
  ];
  const rows = counts.map((row, index) => [
    names[index]!,
    ...row.map((count, column) => (column === index ? colours.bold(formatCount(count)) : formatCount(count))),
  ]);
  const table = renderTable(columns, rows, width);
  if (table.split('\n').every((line) => displayWidth(line) <= width)) return table;
  const cells = counts
    .flatMap((row, from) => row.map((count, to) => ({ count, from, to })))
    .filter(({ count, from, to }) => from !== to && count > 0)
    .toSorted((a, b) => b.count - a.count);
  const listed = cells.slice(0, 10).map(({ count, from, to }) => [`${names[from]} → ${names[to]}`, formatCount(count)]);
  const rest =
    cells.length > listed.length
      ? [`  … and ${cells.length - listed.length} more kinds of change; all with --json`]
      : [];
  return [
    renderTable(
      [
        { title: '', shrinks: true },
        { title: '', align: 'right' },
      ],
      listed,
      width,
    ),
    ...rest,
  ].join('\n');
}

function renderScores(scores: NonNullable<ComparedPair['scores']>, { width, colours }: Style): string {
  const cells = ({ precision, recall, f1 }: Scores) => [decimals(precision), decimals(recall), decimals(f1)];
  const rows = [
    ...scores.classes.map((of: ClassScore) => [
      printable(of.label),
      ...cells(of),
      formatCount(of.support),
      formatCount(of.given),
    ]),
    ...(['macro', 'micro', 'weighted'] as const).map((how) => [colours.dim(`${how} average`), ...cells(scores[how])]),
  ];
  const columns: TableColumn[] = [
    { title: 'label', shrinks: true },
    ...['precision', 'recall', 'F1', 'in gold', 'given'].map((title) => ({ title, align: 'right' as const })),
  ];
  const all = `accuracy ${percent(scores.accuracy)}, and ${percent(scores.accuracyOfAll)} with rows without an answer counted as wrong`;
  return `${renderTable(columns, rows, width)}\n${all}`;
}

function renderSides({ sides }: Comparison, { width, colours }: Style): string {
  const columns: TableColumn[] = [
    { title: '' },
    { title: 'version' },
    { title: 'with value', align: 'right' },
    { title: 'refused', align: 'right' },
    { title: 'failed', align: 'right' },
    { title: 'tokens in', align: 'right' },
    { title: 'out', align: 'right' },
    { title: 'cost', align: 'right' },
    { title: 'a call', align: 'right' },
  ];
  const rows = sides.filter(({ gold }) => !gold).map(sideCells);
  const [head, ...lines] = renderTable(columns, rows, width).split('\n');
  return [colours.dim(head), ...lines].join('\n');
}

function sideCells({ name, made, counts }: ReportedSide): string[] {
  const of = (rows: number) =>
    rows === 0 ? '0' : `${formatCount(rows)} (${percent(counts.rows === 0 ? null : rows / counts.rows)})`;
  return [
    printable(name),
    made?.version.slice(0, 'sha256:'.length + 8) ?? '',
    formatCount(counts.withValue),
    of(refusedRows(counts)),
    of(failedRows(counts)),
    ...(made && made.calls.calls > 0
      ? [
          formatCount(BigInt(made.calls.input_tokens)),
          formatCount(BigInt(made.calls.output_tokens)),
          formatPaid(made.calls),
          costOfOne(made.calls),
        ]
      : ['', '', 'no call', '']),
  ];
}

/** A pilot has fewer calls than what it is compared with: only this tells which model is the dearer one. */
function costOfOne({ calls, cost_nano_usd: cost, unpriced_calls: unpriced }: CallTotals): string {
  const priced = BigInt(calls - unpriced);
  return priced === 0n ? '' : formatCost(BigInt(cost) / priced);
}

function renderChanges({ of, rows, strata }: Comparison['changed']): string {
  if (rows === 0) return 'no row differs';
  const shown = strata
    .slice(0, SHOWN_CHANGES)
    .map(({ stratum, rows: count }) => `${printable(stratum)} ${formatCount(count)}`);
  const more = strata.length > shown.length ? ` · … ${strata.length - shown.length} more kinds` : '';
  return `${plural(rows, 'row differs', 'rows differ')} of ${formatCount(of)}:  ${shown.join(' · ')}${more}`;
}
