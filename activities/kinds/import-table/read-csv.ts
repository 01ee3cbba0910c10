import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import type { RawRow } from './raw-value.ts';
import { readLines } from './read-lines.ts';
import type { TableFile } from './table-files.ts';
import { shown, type TableProblems } from './table-problems.ts';

interface Parsed {
  readonly record: string[];
  readonly info: Info;
}

/** Rows of a CSV file with a header line; an empty field is null. Records that don't fit the header are reported. */
export async function* readCsv(file: TableFile, delimiter: string, problems: TableProblems): AsyncIterable<RawRow> {
  let header: readonly string[] | null = null;
  /** csv-parse counts `\r\n` in quotes twice, so lines are counted here: where the next record begins. */
  let line = 1;
  let skipped = 0;
  try {
    for await (const { record, info } of parsed(file, delimiter, problems)) {
      line += info.empty_lines - skipped;
      skipped = info.empty_lines;
      const place = `${file.name}:${line}`;
      line += 1 + record.reduce((sum, field) => sum + lineEnds(field), 0);
      if (header === null) {
        header = checkHeader(record, place, problems);
        if (header === null) return;
      } else if (record.length !== header.length)
        problems.add(
          place,
          `found ${record.length} fields, expected ${header.length} as in the header (delimiter ${shown(delimiter)})`,
        );
      else yield { place, values: toValues(header, record) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    problems.add(`${file.name}:${line}`, FAULTS[error.code] ?? error.message);
    return;
  }
  if (header === null)
    problems.add(`${file.name}:1`, 'the file is empty, expected a header line with the names of the columns');
}

const FAULTS: Partial<Record<CsvError['code'], string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote that opens in this record is never closed',
  CSV_INVALID_CLOSING_QUOTE:
    'a quoted field of this record goes on after its closing quote; write a quote inside quotes twice',
  INVALID_OPENING_QUOTE:
    'a field of this record has a quote in it but is not quoted; put quotes around it, and write the inner one twice',
};

function parsed(file: TableFile, delimiter: string, problems: TableProblems): AsyncIterable<Parsed> {
  const parser = parse({
    delimiter,
    info: true,
    // Told, since csv-parse would take the first line's end for that of all.
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
  });
  const source = Readable.from(textOf(file, problems));
  source.once('error', (error) => parser.destroy(error));
  parser.once('close', () => source.destroy());
  return source.pipe(parser) as AsyncIterable<Parsed>;
}

/** The file's text in pieces; it ends before the first line that is no UTF-8. */
async function* textOf(file: TableFile, problems: TableProblems): AsyncIterable<string> {
  let piece: string[] = [];
  let size = 0;
  for await (const { number, text } of readLines(file)) {
    if (text === null) {
      problems.add(`${file.name}:${number}`, 'the line is no UTF-8 text; save the file as UTF-8');
      break;
    }
    piece.push(text, '\n');
    size += text.length;
    if (size < PIECE_CHARACTERS) continue;
    yield piece.join('');
    piece = [];
    size = 0;
  }
  if (piece.length > 0) yield piece.join('');
}
const PIECE_CHARACTERS = 256 * 1024;

function checkHeader(record: readonly string[], place: string, problems: TableProblems): readonly string[] | null {
  const before = problems.count;
  for (const [index, name] of record.entries()) {
    if (name.trim() === '') problems.add(place, `column ${index + 1} has no name`);
    else if (record.indexOf(name) !== index) problems.add(place, `two columns are called ${shown(name)}`);
  }
  return problems.count === before ? record : null;
}

const toValues = (header: readonly string[], record: readonly string[]): RawRow['values'] =>
  Object.fromEntries(header.map((name, index) => [name, record[index] === '' ? null : record[index]!]));

function lineEnds(field: string): number {
  let count = 0;
  for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) count += 1;
  return count;
}
