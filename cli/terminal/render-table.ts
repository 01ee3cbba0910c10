import { stripVTControlCharacters } from 'node:util';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The column that is shortened when the terminal is too narrow; one a table. */
  readonly shrinks?: boolean;
}

// Videos' captions hold anything: what would move the cursor or colour the terminal is shown as a box.
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;
/** Text from strangers, safe to print on a terminal, in one line. */
export const printable = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(UNSAFE, '▯');

/** One line of a text, safe too, with its spaces as they are. */
export const printableLine = (line: string): string => line.replaceAll('\t', '    ').replaceAll(UNSAFE, '▯');

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;
const cellsOf = (grapheme: string) => (WIDE.test(grapheme) ? 2 : 1);

/** Columns that a text takes on a terminal; colours take none, emoji and CJK two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) width += cellsOf(segment);
  return width;
}

export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += cellsOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Aligned columns, two spaces apart, indented by two; rows hold printable text that may be coloured. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const titled = columns.some(({ title }) => title !== '') ? [columns.map(({ title }) => title), ...rows] : rows;
  const widths = columns.map((_, index) => Math.max(0, ...titled.map((row) => displayWidth(row[index] ?? ''))));
  const total = 2 + widths.reduce((sum, column) => sum + column + 2, 0) - 2;
  const shrinking = columns.findIndex(({ shrinks }) => shrinks);
  if (total > width && shrinking >= 0)
    widths[shrinking] = Math.max(columns[shrinking]!.title.length, 12, widths[shrinking]! - (total - width));
  return titled
    .map((row) => {
      const cells = columns.map(({ align }, index) => {
        const cell = index === shrinking ? truncate(row[index] ?? '', widths[index]!) : (row[index] ?? '');
        const space = ' '.repeat(Math.max(0, widths[index]! - displayWidth(cell)));
        return align === 'right' ? space + cell : cell + space;
      });
      return `  ${cells.join('  ')}`.trimEnd();
    })
    .join('\n');
}
