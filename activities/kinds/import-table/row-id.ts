import type { RawRow, RawValue } from './raw-value.ts';
import { shown, type TableProblems } from './table-problems.ts';

/** What a spreadsheet makes of a long number. */
const ROUNDED = /^\d+([.,]\d+)?[eE]\+?\d+$/;

/** A row's id as text, exactly as it is in the file; null, and a problem, when it can be none. */
export function rowId({ place, values }: RawRow, column: string, problems: TableProblems): string | null {
  const value = Object.hasOwn(values, column) ? values[column] : undefined;
  const fault = faultOf(value, column, values);
  if (fault === null && (typeof value === 'string' || typeof value === 'bigint')) return String(value);
  problems.add(place, fault ?? '');
  return null;
}

function faultOf(value: RawValue | undefined, column: string, values: RawRow['values']): string | null {
  if (value === undefined) {
    const other =
      column === 'id' && Object.hasOwn(values, 'video_id')
        ? '; it has a video_id: if that is the id, say id: video_id'
        : '';
    return `the row has no ${column}${other}`;
  }
  if (value === null || (typeof value === 'string' && value.trim() === '')) return `${column} is empty`;
  if (typeof value === 'bigint') return value < 0n ? `${column} is ${value}, expected text or a positive number` : null;
  if (typeof value !== 'string') return `${column} is ${shown(value)}, expected text or a whole number`;
  if (/\p{Cc}/u.test(value)) return `${column} is ${shown(value)}, with a control character in it`;
  if (ROUNDED.test(value))
    return `${column} is ${value}, a number that a spreadsheet has rounded; export the ids as text`;
  return null;
}
