import type { CellValue } from '../../datasets/column-type.ts';
import type { Note } from './read-fields.ts';

/** A partition is a day of the years that four digits hold: 9999-12-31T23:59:59Z. */
const LAST_SECOND = 253_402_300_799n;

/** A time in seconds since 1970; null, and noted, when there is none or it can be none, such as milliseconds. */
export function epochSeconds(value: CellValue, note: Note): bigint | null {
  if (value === null) {
    note('no_create_time');
    return null;
  }
  if (typeof value === 'bigint' && value >= 0n && value <= LAST_SECOND) return value;
  note('unfit_value');
  return null;
}
