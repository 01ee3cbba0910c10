import { displayWidth, truncate } from './render-table.ts';

/** Narrower than this a column says nothing. */
const MIN_WIDTH = 8;
const GAP = 2;
const INDENT = 2;

/**
 * Shortens cells so that a table of them fits into a terminal: the widest columns give way first. Null when there are
 * too many columns for it.
 */
export function fitColumns(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): { readonly titles: string[]; readonly rows: string[][] } | null {
  const natural = titles.map((title, index) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[index]!))),
  );
  const room = width - INDENT - GAP * (titles.length - 1);
  const limit = widestThatFits(natural, room);
  if (limit === null) return null;
  const shorten = (cells: readonly string[]) => cells.map((cell) => truncate(cell, limit));
  return { titles: shorten(titles), rows: rows.map(shorten) };
}

/** The width to which all wider columns are cut so that their sum is at most `room`. */
function widestThatFits(natural: readonly number[], room: number): number | null {
  const sum = (limit: number) => natural.reduce((total, width) => total + Math.min(width, limit), 0);
  let limit = Math.max(...natural, MIN_WIDTH);
  if (sum(limit) <= room) return limit;
  if (sum(MIN_WIDTH) > room) return null;
  while (sum(limit) > room) limit -= 1;
  return limit;
}
