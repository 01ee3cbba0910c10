import type { ChangedCell, ColumnDiff, LoneColumn, VersionDiff } from '../../datasets/diff/version-diff.ts';
import { causesText, movedText, rowsTexts, shownText, unchangedText, valueText } from '../diff/diff-words.ts';
import { aroundChanges, isProse, wordDiff } from '../diff/word-diff.ts';
import type { Colours } from './colours.ts';
import { formatCount, plural } from './format-number.ts';
import { renderConfiguration } from './render-configuration.ts';
import { displayWidth, printable, renderTable, truncate } from './render-table.ts';
import { wrapWords } from './wrap-words.ts';

interface Style {
  readonly width: number;
  readonly colours: Colours;
}

/** What differs between two versions: rows, columns with their causes, and some changed cells side by side. */
export function renderDiff(diff: VersionDiff, style: Style): string {
  const { dim } = style.colours;
  const changed = diff.columns.filter((column) => column.changed > 0);
  const sections = [
    [`rows   ${rowsTexts(diff.rows).join('   ')}`, ...renderIds(diff.rows, style)],
    renderConfiguration(diff.configuration, style.width),
    renderColumns(diff, changed, style),
    ...changed.map((column) => renderSamples(column, style)),
  ];
  const isSame = changed.length === 0 && diff.rows.added.rows + diff.rows.removed.rows === 0;
  return [...sections.filter((lines) => lines.length > 0), ...(isSame ? [[dim('No cell differs.')]] : [])]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function renderIds({ added, removed }: VersionDiff['rows'], { width, colours }: Style): string[] {
  return [
    { mark: colours.red('−'), ids: removed.ids, rows: removed.rows },
    { mark: colours.green('+'), ids: added.ids, rows: added.rows },
  ].flatMap(({ mark, ids, rows }) => {
    if (ids.length === 0) return [];
    const more = rows > ids.length ? ` and ${formatCount(rows - ids.length)} more` : '';
    return [`     ${mark} ${truncate(ids.map(printable).join(', '), width - 8 - more.length)}${more}`];
  });
}

function renderColumns(diff: VersionDiff, changed: readonly ColumnDiff[], { width, colours }: Style): string[] {
  const lines: string[] = [];
  if (changed.length > 0) {
    const widest = Math.max(...changed.map(({ column }) => displayWidth(column)));
    const room = Math.max(20, width - widest - 'changed'.length - 6);
    const rows = changed.flatMap(({ column, changed: count, causes, moved }) => {
      const why = [...wrapWords(causesText(causes), room), ...(moved ? wrapWords(movedText(moved), room) : [])];
      return why.map((line, index) => (index === 0 ? [column, formatCount(count), line] : ['', '', line]));
    });
    const columns = [{ title: 'column' }, { title: 'changed', align: 'right' }, { title: 'why' }] as const;
    const [head, ...body] = renderTable(columns, rows, width).split('\n');
    lines.push(colours.dim(head), ...body);
  }
  const note = (title: string, words: readonly string[]) =>
    words.length === 0
      ? []
      : wrapWords(words.join(', '), width - 15).map((line, index) =>
          colours.dim(`  ${(index === 0 ? title : '').padEnd(11)}${line}`),
        );
  const lone = (columns: readonly LoneColumn[]) =>
    columns.map(({ column, rows, cause }) => `${printable(column)} (${plural(rows, 'row')}, ${cause})`);
  const notes = [
    ...note('unchanged', unchangedText(diff.columns).map(printable)),
    ...note('only in A', lone(diff.only_in.a)),
    ...note('only in B', lone(diff.only_in.b)),
  ];
  return [...lines, ...notes];
}

function renderSamples(column: ColumnDiff, style: Style): string[] {
  const { samples } = column;
  if (samples.length === 0) return [];
  const prose = samples.some((sample) => isProse(sample.old) || isProse(sample.new));
  const lines = prose
    ? samples.flatMap((sample) => renderProse(column, sample, style))
    : renderShort(column, samples, style);
  const shown = shownText(column);
  return [...lines, ...(shown === null ? [] : [style.colours.dim(`  (${shown})`)])];
}

/** Old and new value in one line each, both cut alike where the terminal is too narrow. */
function renderShort(
  { column }: ColumnDiff,
  samples: readonly ChangedCell[],
  { width, colours: { red, green, dim } }: Style,
): string[] {
  const longest = (texts: readonly string[]) => Math.max(...texts.map(displayWidth));
  const room = Math.max(40, width - longest(samples.map(({ id }) => printable(id))) - displayWidth(column) - 8);
  const values = samples.map((sample): [string, string] => [shortText(sample.old), shortText(sample.new)]);
  const causeRoom = Math.max(Math.floor(room / 3), room - longest(values.map((both) => both.join(' → '))));
  const half = Math.floor((room - Math.min(causeRoom, longest(samples.map(({ cause }) => cause))) - 3) / 2);
  const rows = samples.map(({ id, cause }, index) => {
    const [was, is] = values[index]!;
    // What one value leaves free the other may take.
    const left = truncate(was, Math.max(half, 2 * half - displayWidth(is)));
    const right = truncate(is, Math.max(half, 2 * half - displayWidth(was)));
    return [printable(id), column, `${red(left)} → ${green(right)}`, dim(truncate(cause, causeRoom))];
  });
  return renderTable([{ title: '' }, { title: '' }, { title: '' }, { title: '' }], rows, width).split('\n');
}

const shortText = (value: ChangedCell['old']) => printable(valueText(value) ?? 'null') || '""';

/** Characters kept of what is the same before and after a change. */
const CONTEXT = 40;

/** Word by word where both texts have something in common, else one below the other. */
function renderProse(
  { column }: ColumnDiff,
  { id, old, new: now, cause }: ChangedCell,
  { width, colours }: Style,
): string[] {
  const head = `  ${printable(id)}  ${column}  ${colours.dim(cause)}`;
  const words = isProse(old) && isProse(now) ? wordDiff(printable(old), printable(now)) : null;
  const mark = {
    same: (text: string) => text,
    removed: (text: string) => (colours.isColorSupported ? colours.red(colours.strikethrough(text)) : `[-${text}-]`),
    added: (text: string) => (colours.isColorSupported ? colours.green(text) : `{+${text}+}`),
  };
  const lines = words
    ? wrapWords(
        aroundChanges(words, CONTEXT)
          // Each word is marked by itself, so that lines can break between them.
          .map(({ kind, text }) => (colours.isColorSupported ? text.replaceAll(/\S+/g, mark[kind]) : mark[kind](text)))
          .join(''),
        width - 4,
      )
    : [
        ...wrapWords(mark.removed(truncate(shortText(old), 3 * width)), width - 4),
        ...wrapWords(mark.added(truncate(shortText(now), 3 * width)), width - 4),
      ];
  return [head, ...lines.map((line) => `    ${line}`)];
}
