import { csvRecords } from './csv-records.ts';
import type { RawRow } from './raw-value.ts';
import type { TableFile } from './table-files.ts';
import { shown, type TableProblems } from './table-problems.ts';

/** Rows of a CSV file with a header line; an empty field is null. Records that don't fit the header are reported. */
export async function* readCsv(
  file: TableFile,
  id: string,
  delimiter: string,
  problems: TableProblems,
): AsyncIterable<RawRow> {
  let header: readonly string[] | null = null;
  for await (const { line, fields } of csvRecords(file, delimiter, problems)) {
    const place = `${file.name}:${line}`;
    if (header === null) {
      const before = problems.count;
      checkHeader(fields, id, delimiter, place, problems);
      if (problems.count > before) return;
      header = fields;
    } else if (fields.length === header.length) yield { place, values: toValues(header, fields) };
    else {
      const found = fields.length === 1 ? '1 field' : `${fields.length} fields`;
      problems.add(place, `found ${found}, expected ${header.length} as in the header (delimiter ${shown(delimiter)})`);
    }
  }
  if (header === null && problems.count === 0)
    problems.add(`${file.name}:1`, 'the file is empty, expected a header line with the names of the columns');
}

function checkHeader(
  names: readonly string[],
  id: string,
  delimiter: string,
  place: string,
  problems: TableProblems,
): void {
  const other = [';', '\t', '|', ','].find((separator) => separator !== delimiter && names[0]!.includes(separator));
  if (names.length === 1 && other !== undefined)
    return problems.add(
      place,
      `the header is one column, ${shown(names[0])}; does another delimiter separate several? Say delimiter: ${JSON.stringify(other)}`,
    );
  for (const [index, name] of names.entries()) {
    if (name.trim() === '') problems.add(place, `column ${index + 1} has no name`);
    else if (names.indexOf(name) !== index) problems.add(place, `two columns are called ${shown(name)}`);
  }
  if (!names.includes(id)) problems.add(place, noIdColumn(id, names));
}

/** For files that name their columns. */
export const noIdColumn = (id: string, names: readonly string[]): string =>
  `there is no column ${id}; say which one names the rows by id: … (there are ${names.join(', ')})`;

const toValues = (header: readonly string[], fields: readonly string[]): RawRow['values'] =>
  Object.fromEntries(header.map((name, index) => [name, fields[index] === '' ? null : fields[index]!]));
