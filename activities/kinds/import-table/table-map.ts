import type { FieldType } from './field-type.ts';
import type { RawRow, RawValue } from './raw-value.ts';

export type Values = RawRow['values'];
export type Present = Exclude<RawValue, null>;

/** A column that a map makes of a record. */
export interface MappedField {
  readonly type: FieldType;
  /** Paths in the record, such as `stats.playCount` or `challenges[].title`; the first that leads to a value counts. */
  readonly from: readonly string[];
  /** What the value stands for; undefined when it is none of its kind. Where it is left out, the value is what it is. */
  readonly read?: (value: Present, record: Values) => RawValue | undefined;
  /** How such a value is written, for the message on one that isn't; the name of the type where it is left out. */
  readonly expects?: string;
  /** What an empty field says. Null, where the program may also not have known. */
  readonly none?: RawValue;
}

/** How a program writes its rows, as CSV or as JSON. */
export interface ExportForm {
  /** Paths that every record has; of each group at least one. They tell this form from those of other programs. */
  readonly needs: readonly (readonly string[])[];
  /** The records in what the file holds, such as the videos of a page. Where it is left out, it is one record. */
  readonly records?: (row: RawRow) => Iterable<RawRow>;
  /** What a row is, although it doesn't have what the form needs: the reason why it has no record. */
  readonly fault?: (values: Values) => string | null;
  readonly fields: { readonly [column: string]: MappedField };
  /**
   * What becomes of all the rest, so that nothing is lost: `columns` keeps each field under its own name, `original` the
   * whole record as JSON in a column of that name.
   */
  readonly keeps: 'columns' | 'original';
}

/** A named mapping: what the export of a program has, as columns of a dataset. */
export interface TableMap {
  /** As it is written after `map:`. */
  readonly name: string;
  /** Raised whenever the same file gives other rows: it is part of what the rows depend on. */
  readonly revision: number;
  /** What it reads, for the documentation. */
  readonly summary: string;
  /** What the program puts between the fields of its CSV; a comma where it isn't said. */
  readonly delimiter?: string;
  readonly csv?: ExportForm;
  /** Of JSON Lines, and of a file that is one JSON document. */
  readonly json?: ExportForm;
}
