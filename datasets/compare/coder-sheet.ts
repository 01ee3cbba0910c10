import { spreadsheetText } from '../sql/spreadsheet-text.ts';

/** Excel takes at most 32,767 characters into a cell, and puts the rest of a longer one into rows of its own. */
const LONGEST_CELL = 32_000;
/** The mark by which spreadsheets know that a file is UTF-8. */
const BOM = '\ufeff';
/** Columns that people fill in. */
export const SHEET_BLANKS = ['label', 'note'] as const;

export interface SheetRow {
  readonly id: string;
  readonly values: readonly (string | null)[];
}

/**
 * A CSV file for people who code by hand: `id`, the columns to read, and empty columns `label` and `note`. Made for
 * spreadsheets: UTF-8 with its mark, nothing in it is run as a formula, and no id loses digits or turns into a date.
 */
export function coderSheet(columns: readonly string[], rows: readonly SheetRow[]): string {
  const head = ['id', ...columns, ...SHEET_BLANKS];
  const lines = rows.map(({ id, values }) => [
    idCell(id),
    ...values.map((value) => readable(value ?? '')),
    ...SHEET_BLANKS.map(() => ''),
  ]);
  return BOM + [head, ...lines].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

/** A spreadsheet keeps 15 digits of a number and reads `1-2` or `MAR1` as dates: what isn't short and plain becomes text. */
const idCell = (id: string): string => (/^(0|[1-9]\d{0,14})$/.test(id) ? id : `'${id}`);

function readable(text: string): string {
  const cut = text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL).toWellFormed()}…` : text;
  return spreadsheetText(cut.replaceAll(/[^\P{Cc}\n\t]/gu, ''));
}

const quoted = (cell: string): string => (/[",\r\n;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
