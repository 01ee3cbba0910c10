import { CsvError, parse } from 'csv-parse/sync';
import { readLines } from './read-lines.ts';
import type { TableFile } from './table-files.ts';
import { shown, type TableProblems } from './table-problems.ts';

export interface CsvRecord {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

interface RecordText {
  readonly line: number;
  readonly text: string;
}

const BATCH_RECORDS = 500;
/** A quote that is never closed makes one record of all that follows. */
const MAX_RECORD_CHARACTERS = 64 * 1024 * 1024;

const FAULTS: Partial<Record<CsvError['code'], string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'a quoted field goes on after its closing quote; write a quote inside quotes twice',
  INVALID_OPENING_QUOTE:
    'a field has a quote in it but is not quoted; put quotes around it, and write the inner one twice',
};

/**
 * Records of a CSV file. Lines are put together to records here, and not by csv-parse, which tells no line number exactly
 * where quoted fields hold line ends. What comes after a fault can't be understood: it is reported and ends the file.
 */
export async function* csvRecords(
  file: TableFile,
  delimiter: string,
  problems: TableProblems,
): AsyncIterable<CsvRecord> {
  let batch: RecordText[] = [];
  for await (const record of recordTexts(file, problems)) {
    batch.push(record);
    if (batch.length < BATCH_RECORDS) continue;
    const records = parseBatch(batch, file, delimiter, problems);
    if (!records) return;
    yield* records;
    batch = [];
  }
  yield* parseBatch(batch, file, delimiter, problems) ?? [];
}

/** Inside a record quotes come in pairs, so a record ends at the first line end after an even number of them. */
async function* recordTexts(file: TableFile, problems: TableProblems): AsyncIterable<RecordText> {
  let open: string[] = [];
  let openAt = 0;
  let size = 0;
  for await (const { number, text } of readLines(file)) {
    if (text === null) {
      problems.add(`${file.name}:${number}`, 'the line is no UTF-8 text; save the file as UTF-8');
      return;
    }
    const closes = hasOddQuotes(text);
    if (open.length === 0 && !closes) {
      if (text !== '' && text !== '\r') yield { line: number, text };
      continue;
    }
    if (open.length === 0) openAt = number;
    open.push(text);
    size += text.length;
    if (open.length > 1 && closes) {
      yield { line: openAt, text: open.join('\n') };
      open = [];
      size = 0;
    } else if (size > MAX_RECORD_CHARACTERS) break;
  }
  if (open.length > 0) problems.add(`${file.name}:${openAt}`, 'a quote that opens on this line is never closed');
}

function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

/** Null when one of the records is none; those before it are lost with it, since nothing is imported then. */
function parseBatch(
  batch: readonly RecordText[],
  { name }: TableFile,
  delimiter: string,
  problems: TableProblems,
): CsvRecord[] | null {
  try {
    const parsed = parseRecords(batch, delimiter);
    return batch.map(({ line }, index) => ({ line, fields: parsed[index]! }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { line, text } = batch.find((record) => faultOf(record, delimiter) !== null) ?? batch[0]!;
    problems.add(`${name}:${line}`, FAULTS[error.code] ?? `${error.message}: ${shown(text)}`);
    return null;
  }
}

const parseRecords = (batch: readonly RecordText[], delimiter: string): string[][] =>
  parse(batch.map(({ text }) => (text.endsWith('\r') ? text.slice(0, -1) : text)).join('\n'), {
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
  });

function faultOf(record: RecordText, delimiter: string): CsvError | null {
  try {
    parseRecords([record], delimiter);
    return null;
  } catch (error) {
    return error instanceof CsvError ? error : null;
  }
}
