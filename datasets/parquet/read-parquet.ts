import { GettokError } from '../../manifests/gettok-error.ts';
import type { Columns } from '../column-type.ts';
import type { RowReader, SqlRow } from './database.ts';
import { parquetFiles, quoteName, quoteText } from './sql-text.ts';

/** A local file that is no Parquet file, or not one with these columns. */
export class UnreadableParquetError extends GettokError {
  override readonly name = 'UnreadableParquetError';
  readonly path: string;
  constructor(path: string, columns: readonly string[], reason: string) {
    super(`${path} can't be read as Parquet with the columns ${columns.join(', ')}: ${reason}`);
    this.path = path;
  }
}

export interface ReadParquetOptions {
  /** Only the rows at these places (from 0) of a single file. */
  readonly at?: readonly number[];
  /** Only the rows of this `id`. */
  readonly id?: string;
}

/**
 * Rows of local Parquet files in the order of the paths and of the rows in them. Values come in the forms in which
 * `writeParquet` takes them: int64 as bigint, structs as plain objects; null, [] and [null] stay apart.
 */
export async function readParquet(
  database: RowReader,
  path: string | readonly string[],
  columns: Columns,
  { at, id }: ReadParquetOptions = {},
): Promise<SqlRow[]> {
  const paths = typeof path === 'string' ? [path] : path;
  if (paths.length === 0 || at?.length === 0) return [];
  const names = Object.keys(columns);
  const from = parquetFiles(paths, at ? ', file_row_number = true' : '');
  const wanted = [
    ...(at ? [`file_row_number IN (${at.map(Number).join(', ')})`] : []),
    ...(id === undefined ? [] : [`id = ${quoteText(id)}`]),
  ];
  const where = wanted.length > 0 ? ` WHERE ${wanted.join(' AND ')}` : '';
  try {
    return await database.rows(`SELECT ${names.map(quoteName).join(', ')} FROM ${from}${where}`);
  } catch (error) {
    throw new UnreadableParquetError(paths.join(', '), names, error instanceof Error ? error.message : String(error));
  }
}
