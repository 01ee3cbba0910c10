import type { FieldType } from './field-type.ts';
import type { RawRow } from './raw-value.ts';
import { readCsv } from './read-csv.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readParquetTable } from './read-parquet-table.ts';
import type { TableFile } from './table-files.ts';
import type { TableProblems } from './table-problems.ts';

export interface ReadTableOptions {
  readonly id: string;
  readonly delimiter: string | undefined;
  readonly problems: TableProblems;
  /** Receives the types of columns that say it themselves, for those in which no value is found. */
  readonly hint?: (column: string, type: FieldType) => void;
}

/** Rows of the files, one file after the other, none held in memory. */
export async function* readTable(files: readonly TableFile[], options: ReadTableOptions): AsyncIterable<RawRow> {
  const { id, delimiter, problems, hint = () => {} } = options;
  for (const file of files) {
    if (file.format === 'csv')
      yield* readCsv(file, id, delimiter ?? (/\.(tsv|tab)(\.gz)?$/i.test(file.name) ? '\t' : ','), problems);
    else if (file.format === 'jsonl') yield* readJsonLines(file, problems);
    else yield* readParquetTable(file, id, problems, hint);
  }
}
