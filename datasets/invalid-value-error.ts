import { GettokError } from '../manifests/gettok-error.ts';

/** A value that its column can't hold; it would be altered, or break whoever reads the file. */
export class InvalidValueError extends GettokError {
  override readonly name = 'InvalidValueError';
  /** Such as `stance.label` or `segments[2].start`. */
  readonly column: string;
  readonly rowId: string | null;
  readonly found: string;
  readonly expected: string;
  constructor(column: string, rowId: string | null, found: string, expected: string) {
    super(
      `column ${column}${rowId === null ? '' : ` of row ${rowId}`} is ${found}, expected ${expected}. ` +
        'Nothing of this file was written; correct what makes the value.',
    );
    this.column = column;
    this.rowId = rowId;
    this.found = found;
    this.expected = expected;
  }
}
