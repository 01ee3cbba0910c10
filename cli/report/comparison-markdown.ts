import type { Comparison } from '../../datasets/compare/comparison.ts';
import type { ComparedVersions } from '../compare-versions.ts';
import { formatCount } from '../terminal/format-number.ts';
import { printable } from '../terminal/render-table.ts';
import { mainPairs } from './main-pairs.ts';
import {
  matrixTable,
  numbersTable,
  pairsTable,
  type ReportTable,
  scoresTable,
  sidesTable,
  strataTable,
  textTable,
} from './comparison-tables.ts';
import { methodsText } from './methods-text.ts';
import { alphaText, FEW_ROWS, percent } from './statistic-text.ts';
import { comparisonTitle } from './comparison-title.ts';

const SHOWN_STRATA = 30;

/** Text from strangers in Markdown: no mark in it is one of Markdown's or of HTML's. */
const escaped = (text: string): string => printable(text).replaceAll(/[\\`*_{}[\]<>#|~&]/g, (mark) => `\\${mark}`);

/** Tables for a paper, with what was computed how; the rows to read are in the HTML and JSON forms. */
export function comparisonMarkdown({ comparison, gold }: ComparedVersions): string {
  const { alpha, changed } = comparison;
  const parts = [
    `# ${escaped(comparisonTitle(comparison))}`,
    table(pairsTable(comparison)),
    ...(alpha ? [`Krippendorff's alpha (${alpha.metric}): ${alphaText(alpha)}`] : []),
    ...mainPairs(comparison).flatMap((pair) => pairParts(comparison, pair)),
    '## What was compared',
    table(sidesTable(comparison)),
    ...gold.map(
      ({ name, labelled, unlabelled, unknown }) =>
        `${escaped(name)}: ${formatCount(labelled)} rows labelled, ${formatCount(unlabelled)} without a label, ${formatCount(unknown)} not in any version compared.`,
    ),
    '## Rows that differ',
    changed.rows === 0 ? 'None.' : table(strataTable(comparison, SHOWN_STRATA)),
    ...(changed.strata.length > SHOWN_STRATA
      ? [`… and ${changed.strata.length - SHOWN_STRATA} more kinds of change.`]
      : []),
    '## Methods',
    methodsText(comparison)
      .map((line) => `- ${line}`)
      .join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function pairParts(comparison: Comparison, pair: Comparison['pairs'][number]): string[] {
  const [first, second] = [comparison.sides[pair.first]!.name, comparison.sides[pair.second]!.name];
  const title = `## ${escaped(first)} → ${escaped(second)}`;
  if (pair.numbers) return [title, table(numbersTable(pair))];
  if (pair.text) return [title, table(textTable(pair))];
  const few = pair.both < FEW_ROWS ? ['With so few rows the confidence interval is only a rough one.'] : [];
  const { scores } = pair;
  return [
    title,
    table(matrixTable(comparison, pair)),
    ...few,
    ...(scores
      ? [
          table(scoresTable(scores)),
          `Accuracy ${percent(scores.accuracy)}; ${percent(scores.accuracyOfAll)} with rows without an answer counted as wrong.`,
        ]
      : []),
  ];
}

function table({ head, rows, words = [] }: ReportTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 || words.includes(index) ? '---' : '---:'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}
