import { openDatabase } from '../../../datasets/parquet/database.ts';
import { parquetFiles, quoteName } from '../../../datasets/parquet/sql-text.ts';
import { textIn } from '../../../datasets/parquet/row-text.ts';
import type { FieldType } from './field-type.ts';
import { parseJson, type RawRow, type RawValue } from './raw-value.ts';
import { noIdColumn } from './read-csv.ts';
import type { TableFile } from './table-files.ts';
import { shown, type TableProblems, UnusableTableError } from './table-problems.ts';

const NESTED = /[[(]|^JSON$|^UNION|^MAP|^STRUCT/;

/** How a column comes out of DuckDB, so that its values are raw values. */
interface Selected {
  readonly name: string;
  /** DuckDB's name of its type. */
  readonly type: string;
  readonly expression: string;
  /** Its type where all of its values are null. */
  readonly hint?: FieldType;
  readonly json: boolean;
}

/** Rows of a Parquet file. `hint` receives the types of columns that may turn out to have no value at all. */
export async function* readParquetTable(
  file: TableFile,
  id: string,
  problems: TableProblems,
  hint: (column: string, type: FieldType) => void,
): AsyncIterable<RawRow> {
  using database = await openDatabase({ threads: 1 });
  const from = parquetFiles([file.path]);
  try {
    const described = await database.rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${from})`);
    const before = problems.count;
    const columns = described.map((column) => select(textIn(column, 'column_name'), textIn(column, 'column_type')));
    for (const { name, type, expression } of columns) {
      if (name === '' || expression === '')
        problems.add(file.name, `column "${name}" is binary data, which no column of a dataset can hold`);
      if (name === id && /^(FLOAT|DOUBLE|DECIMAL)/.test(type))
        problems.add(file.name, `${name} is ${type}: a number that may be rounded. Store ids as text or int64.`);
    }
    if (!columns.some(({ name }) => name === id))
      problems.add(
        file.name,
        noIdColumn(
          id,
          columns.map(({ name }) => name),
        ),
      );
    if (problems.count > before) return;
    for (const { name, hint: known } of columns) if (known) hint(name, known);
    const list = columns.map(({ name, expression }) => `${expression} AS ${quoteName(name)}`).join(', ');
    let row = 0;
    for await (const chunk of database.stream(`SELECT ${list} FROM ${from}`)) {
      for (const values of chunk) {
        row += 1;
        const place = `${file.name} row ${row}`;
        yield { place, values: toRaw(columns, values, place, problems) };
      }
    }
  } catch (error) {
    if (error instanceof UnusableTableError || !(error instanceof Error) || !/ Error: /.test(error.message))
      throw error;
    problems.add(
      file.name,
      `it can't be read as Parquet: ${error.message.split('\n')[0]!.replace(file.path, file.name)}`,
    );
  }
}

/** Types by how they come out of DuckDB; nested ones come as JSON, all other ones as text. */
const SELECTED: readonly [type: RegExp, expression: (column: string) => string, hint?: FieldType][] = [
  [/^(U?(TINYINT|SMALLINT|INTEGER)|BIGINT)$/, (column) => `${column}::BIGINT`, 'int64'],
  [/^(UBIGINT|HUGEINT|UHUGEINT)$/, (column) => `${column}::HUGEINT`, 'int64'],
  [/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/, (column) => `${column}::DOUBLE`, 'float64'],
  [/^BOOLEAN$/, (column) => column, 'bool'],
  [/^VARCHAR\[\]$/, (column) => column, { list: 'text' }],
  [/^TIMESTAMP WITH TIME ZONE$/, (column) => `strftime(${column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`],
  [/^TIMESTAMP(_[A-Z]+)?$/, (column) => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%f')`],
  [/BLOB/, () => ''],
  [NESTED, (column) => `to_json(${column})::VARCHAR`, 'json'],
];

function select(name: string, type: string): Selected {
  const [, expression, hint] = SELECTED.find(([pattern]) => pattern.test(type)) ?? [];
  const column = quoteName(name);
  return {
    name,
    type,
    expression: expression ? expression(column) : `${column}::VARCHAR`,
    json: hint === 'json',
    ...(hint && { hint }),
  };
}

function toRaw(
  columns: readonly Selected[],
  values: RawRow['values'],
  place: string,
  problems: TableProblems,
): RawRow['values'] {
  const raw: Record<string, RawValue> = {};
  for (const { name, json } of columns) {
    const value = values[name] ?? null;
    raw[name] = value;
    if (!json || typeof value !== 'string') continue;
    try {
      raw[name] = parseJson(value);
    } catch {
      problems.add(place, `${name} has a value in it that JSON can't hold, such as NaN: ${shown(value)}`);
    }
  }
  return raw;
}
