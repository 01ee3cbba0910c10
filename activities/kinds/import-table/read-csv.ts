import { csvRecords } from './csv-records.ts';
import type { RawRow } from './raw-value.ts';
import type { TableFile } from './table-files.ts';
import { shown, type TableProblems } from './table-problems.ts';

/** What a header has to have. */
export interface HeaderRule {
  /** What is wrong with the names, or null. */
  faultOf(names: readonly string[]): string | null;
  /** A first column without a name is left out: pandas writes the numbers of its rows so. */
  readonly mayHaveRowNumbers?: boolean;
}

/** Rows of a CSV file with a header line; an empty field is null. Records that don't fit the header are reported. */
export async function* readCsv(
  file: TableFile,
  rule: HeaderRule,
  delimiter: string,
  problems: TableProblems,
): AsyncIterable<RawRow> {
  let header: readonly string[] | null = null;
  let numbered = false;
  for await (const { line, fields } of csvRecords(file, delimiter, problems)) {
    const place = `${file.name}:${line}`;
    if (header === null) {
      const before = problems.count;
      numbered = rule.mayHaveRowNumbers === true && fields.length > 1 && fields[0] === '';
      header = numbered ? fields.slice(1) : fields;
      checkHeader(header, rule, delimiter, place, problems);
      if (problems.count > before) return;
    } else if (fields.length === header.length + Number(numbered))
      yield { place, values: toValues(header, numbered ? fields.slice(1) : fields) };
    else {
      const found = fields.length === 1 ? '1 field' : `${fields.length} fields`;
      problems.add(
        place,
        `found ${found}, expected ${header.length + Number(numbered)} as in the header (delimiter ${shown(delimiter)})`,
      );
    }
  }
  if (header === null && problems.count === 0)
    problems.add(`${file.name}:1`, 'the file is empty, expected a header line with the names of the columns');
}

function checkHeader(
  names: readonly string[],
  rule: HeaderRule,
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
  const fault = rule.faultOf(names);
  if (fault !== null) problems.add(place, fault);
}

/** For files that name their columns. */
export const noIdColumn = (id: string, names: readonly string[]): string =>
  `there is no column ${id}; say which one names the rows by id: … (there are ${names.join(', ')})`;

const toValues = (header: readonly string[], fields: readonly string[]): RawRow['values'] =>
  Object.fromEntries(header.map((name, index) => [name, fields[index] === '' ? null : fields[index]!]));
