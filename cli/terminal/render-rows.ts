import type { Colours } from './colours.ts';
import { fitColumns } from './fit-columns.ts';
import { displayWidth, printable, renderTable, truncate } from './render-table.ts';

export interface RowsColumn {
  readonly name: string;
  readonly numeric: boolean;
}

/** Rows of text as a table in `width`; where a terminal is too narrow for the columns, row by row below each other. */
export function renderRows(
  columns: readonly RowsColumn[],
  rows: readonly (readonly (string | null)[])[],
  { width, colours }: { readonly width: number; readonly colours: Colours },
): string {
  const titles = columns.map(({ name }) => printable(name));
  const cells = rows.map((row) => row.map((value) => (value === null ? 'null' : printable(value))));
  const dimNulls = (row: readonly string[], place: number) =>
    row.map((cell, column) => (rows[place]![column] === null ? colours.dim(cell) : cell));
  const fitting = fitColumns(titles, cells, width);
  if (!fitting)
    return cells.map((row, place) => renderRecord(titles, dimNulls(row, place), width, colours)).join('\n\n');
  return renderTable(
    columns.map(({ numeric }, index) => ({
      title: colours.bold(fitting.titles[index]),
      align: numeric ? 'right' : 'left',
    })),
    fitting.rows.map(dimNulls),
    width,
  );
}

function renderRecord(titles: readonly string[], cells: readonly string[], width: number, colours: Colours): string {
  const longest = Math.max(...titles.map(displayWidth));
  return titles
    .map((title, index) => {
      const space = ' '.repeat(longest - displayWidth(title));
      return `  ${colours.bold(title)}${space}  ${truncate(cells[index]!, Math.max(20, width - longest - 4))}`.trimEnd();
    })
    .join('\n');
}
