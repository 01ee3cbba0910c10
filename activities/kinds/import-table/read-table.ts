import type { FieldType } from './field-type.ts';
import { faultOfHeader, mapRows } from './map-rows.ts';
import type { RawRow } from './raw-value.ts';
import { type HeaderRule, noIdColumn, readCsv } from './read-csv.ts';
import { readJsonDocument } from './read-json-document.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readParquetTable } from './read-parquet-table.ts';
import type { TableFile } from './table-files.ts';
import type { TableMap } from './table-map.ts';
import type { TableProblems } from './table-problems.ts';

export interface ReadTableOptions {
  readonly id: string;
  readonly delimiter: string | undefined;
  readonly map?: TableMap | undefined;
  /** Declared types by column. */
  readonly types: ReadonlyMap<string, FieldType>;
  readonly problems: TableProblems;
  /** Receives the types of columns that say it themselves, for those in which no value is found. */
  readonly hint?: (column: string, type: FieldType) => void;
}

/** Rows of the files, one file after the other, none held in memory but those of a JSON document. */
export async function* readTable(files: readonly TableFile[], options: ReadTableOptions): AsyncIterable<RawRow> {
  const { map, types, problems } = options;
  for (const file of files) {
    const rows = readFile(file, options);
    yield* map ? mapRows(rows, map, file, types, problems) : rows;
  }
}

function readFile(file: TableFile, options: ReadTableOptions): AsyncIterable<RawRow> {
  const { id, delimiter, map, problems, hint = () => {} } = options;
  switch (file.format) {
    case 'csv': {
      const usual = /\.(tsv|tab)(\.gz)?$/i.test(file.name) ? '\t' : (map?.delimiter ?? ',');
      return readCsv(file, headerRule(id, map), delimiter ?? usual, problems);
    }
    case 'jsonl':
      return readJsonLines(file, problems);
    case 'json':
      return readJsonDocument(file, problems);
    case 'parquet':
      return readParquetTable(file, id, problems, hint);
  }
}

const headerRule = (id: string, map: TableMap | undefined): HeaderRule =>
  map
    ? { faultOf: (names) => faultOfHeader(map, names), mayHaveRowNumbers: true }
    : { faultOf: (names) => (names.includes(id) ? null : noIdColumn(id, names)) };
