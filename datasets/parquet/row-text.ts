import type { SqlRow } from './database.ts';

/** A value of another type than the program put there: the file is not one of ours. */
class UnexpectedValueError extends Error {
  override readonly name = 'UnexpectedValueError';
}

/** The text in a column of a row that was read. */
export function textIn(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new UnexpectedValueError(`${column} is ${typeof value}, expected text`);
  return value;
}

export const textOrNullIn = (row: SqlRow, column: string): string | null =>
  row[column] === null ? null : textIn(row, column);
