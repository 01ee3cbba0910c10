import type { CallTotals } from '../../manifests/manifest.ts';
import type { ColumnJson, TypeJson } from '../column-type.ts';
import { parquetFiles, quoteName } from '../parquet/sql-text.ts';

/** A column in local Parquet files that have an `id`. */
export interface FileColumn {
  readonly column: string;
  readonly type: TypeJson;
  readonly files: readonly string[];
}

/** One of the columns that are compared: of a version, or of a file of human labels. */
export interface ComparedSide extends FileColumn {
  /** As a person told it from the others: `@v1`, `stance2.label`, `labels.csv`. */
  readonly name: string;
  /** True for human labels: what the others are measured against. */
  readonly gold: boolean;
  /** Labels in the order in which they are declared; none where none are. */
  readonly declared: readonly string[];
  /** Vectors of its texts, a list of numbers a row. */
  readonly embedding?: FileColumn;
  /** What made it, of a column of a version. */
  readonly made?: MadeBy;
}

export interface MadeBy {
  readonly version: string;
  /** `step.column`. */
  readonly column: string;
  readonly kind: string;
  /** Models that answered, as "provider requested → returned". */
  readonly models: readonly string[];
  /** The calls behind all cells of the step, whenever they were made. */
  readonly calls: CallTotals;
}

/** `SELECT` of the id and one column, as `value`, with `more` columns; a column without files has no rows. */
export function selectColumn({ column, files }: FileColumn, as: string, more: readonly string[] = []): string {
  const value = as === 'JSON' ? `to_json(${quoteName(column)})::VARCHAR` : `CAST(${quoteName(column)} AS ${as})`;
  if (files.length === 0) {
    const type = as === 'JSON' ? 'VARCHAR' : as;
    return `SELECT ${['NULL::VARCHAR AS id', `NULL::${type} AS value`, ...more.map((name) => `NULL::VARCHAR AS ${name}`)].join(', ')} WHERE false`;
  }
  return `SELECT ${['id', `${value} AS value`, ...more].join(', ')} FROM ${parquetFiles(files)}`;
}

export const fileColumn = ({ name, type }: ColumnJson, files: readonly string[]): FileColumn => ({
  column: name,
  type,
  files,
});
