import type { ChangedCell, ColumnDiff, LoneColumn, VersionDiff } from '../../datasets/diff/version-diff.ts';
import { formatCount, plural, shortDigest } from '../terminal/format-number.ts';
import { printable, truncate } from '../terminal/render-table.ts';
import {
  causesText,
  configurationText,
  partText,
  rowsTexts,
  shownText,
  signedText,
  unchangedText,
  valueText,
} from './diff-words.ts';

/** How the two versions were named. */
export interface DiffNames {
  readonly a: string;
  readonly b: string;
}

/** What differs between two versions as a Markdown document, for an appendix or an issue. */
export function diffMarkdown(diff: VersionDiff, names: DiffNames): string {
  const changed = diff.columns.filter((column) => column.changed > 0);
  const moved = changed.filter((column) => column.moved !== null);
  const unchanged = unchangedText(diff.columns);
  return [
    `# ${text(diff.b.dataset)}: ${text(names.a)} → ${text(names.b)}`,
    `A is version \`${shortDigest(diff.a.version)}\` of ${text(diff.a.dataset)}, B is version \`${shortDigest(diff.b.version)}\` of ${text(diff.b.dataset)}.`,
    `Rows: ${rowsTexts(diff.rows).map(text).join(', ')}.`,
    ...section('Configuration', ['step', 'part', 'A', 'B'], configurationRows(diff)),
    ...section(
      'Columns',
      ['column', '>changed', 'why'],
      changed.map(({ column, changed: count, causes }) => [column, formatCount(count), causesText(causes)]),
    ),
    ...section(
      'How numbers moved',
      ['column', '>cells', '>mean', '>median', '>min', '>max'],
      moved.map(({ column, moved: of }) => [
        column,
        formatCount(of!.cells),
        ...[of!.mean, of!.median, of!.min, of!.max].map(signedText),
      ]),
      'B minus A, over the changed cells that are numbers in both.',
    ),
    ...(unchanged.length > 0 ? [`Unchanged: ${unchanged.map(text).join(', ')}.`] : []),
    ...lone('A', diff.only_in.a),
    ...lone('B', diff.only_in.b),
    ...changed.flatMap(sampleSection),
  ].join('\n\n');
}

const configurationRows = ({ configuration }: VersionDiff): string[][] =>
  configuration.map((change) => [
    change.step,
    partText(change),
    configurationText(change.old),
    configurationText(change.new),
  ]);

const lone = (version: string, columns: readonly LoneColumn[]): string[] =>
  columns.length === 0
    ? []
    : [
        `Only in ${version}: ${columns.map(({ column, rows, cause }) => text(`${column} (${plural(rows, 'row')}, ${cause})`)).join(', ')}.`,
      ];

function sampleSection(column: ColumnDiff): string[] {
  const shown = shownText(column);
  const row = ({ id, old, new: now, cause }: ChangedCell) => [id, valueText(old), valueText(now), cause];
  return section(`\`${column.column}\``, ['id', 'A', 'B', 'why'], column.samples.map(row), shown && `${shown}.`);
}

/** A heading and a table; titles that begin with `>` are of numbers. Nothing without rows. */
function section(
  title: string,
  titles: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  note: string | null = null,
): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    line(titles.map((one) => one.replace('>', ''))),
    line(titles.map((one) => (one.startsWith('>') ? '---:' : '---'))),
    ...rows.map((row) => line(row.map((cell) => (cell === null ? '*null*' : text(cell))))),
  ];
  return [`## ${title}`, ...(note === null ? [] : [text(note)]), table.join('\n')];
}

/** Longer texts are cut: a table is to be read, and JSON has them whole. */
const LONGEST = 600;

/** Text in which nothing is markup; in one line, since it may stand in a table. */
function text(of: string): string {
  const cut = truncate(printable(of), LONGEST);
  return cut.replaceAll(/[\\`*_{}[\]<>()#+!|~&@:-]/g, escaped);
}

/** What could begin markup, a link or HTML; a point, dash or colon within a word or number can't. */
function escaped(mark: string, at: number, whole: string): string {
  if (!'-:+()@'.includes(mark)) return mark === '&' ? '&amp;' : mark === '<' ? '&lt;' : `\\${mark}`;
  // `https://` and `www.` become links by themselves in some dialects.
  if (mark === ':') return whole.startsWith('//', at + 1) ? '\\:' : mark;
  return (mark === '-' || mark === '+') && at === 0 ? `\\${mark}` : mark;
}
