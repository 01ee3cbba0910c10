import type { FieldType } from './field-type.ts';
import { faultOfHeader, fitsHeader, mapRows } from './map-rows.ts';
import type { RawRow } from './raw-value.ts';
import { type HeaderRule, noIdColumn, readCsv } from './read-csv.ts';
import { readJsonDocument } from './read-json-document.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readLines } from './read-lines.ts';
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
  const { id, problems, hint = () => {} } = options;
  if (file.format === 'csv') return readCsvTable(file, options);
  if (file.format === 'jsonl') return readJsonLines(file, problems);
  return file.format === 'json' ? readJsonDocument(file, problems) : readParquetTable(file, id, problems, hint);
}

async function* readCsvTable(file: TableFile, { id, delimiter, map, problems }: ReadTableOptions) {
  const usual = /\.(tsv|tab)(\.gz)?$/i.test(file.name) ? '\t' : (map?.delimiter ?? ',');
  const found = delimiter ?? (map && (await delimiterThatFits(file, map)));
  yield* readCsv(file, headerRule(id, map), found ?? usual, problems);
}

/** Spreadsheets put other delimiters into a file that they save again; the columns that a map expects tell which. */
async function delimiterThatFits(file: TableFile, map: TableMap): Promise<string | undefined> {
  for await (const { text } of readLines(file)) {
    const line = (text ?? '').replace(/\r$/, '');
    return [',', ';', '\t'].find((each) =>
      fitsHeader(
        map,
        line.split(each).map((name) => name.replace(/^"(.*)"$/, '$1')),
      ),
    );
  }
  return undefined;
}

const headerRule = (id: string, map: TableMap | undefined): HeaderRule =>
  map
    ? { faultOf: (names) => faultOfHeader(map, names), mayHaveRowNumbers: true }
    : { faultOf: (names) => (names.includes(id) ? null : noIdColumn(id, names)) };
