import { openDatabase } from '../../../datasets/parquet/database.ts';
import { parquetFiles, quoteName } from '../../../datasets/parquet/sql-text.ts';
import type { FieldType } from './field-type.ts';
import { parseJson, type RawRow, type RawValue } from './raw-value.ts';
import type { TableFile } from './table-files.ts';
import { type TableProblems, UnusableTableError } from './table-problems.ts';

/** How a column comes out of DuckDB, so that its values are raw values. */
interface Selected {
  readonly name: string;
  readonly expression: string;
  /** Its type where all of its values are null. */
  readonly hint?: FieldType;
  readonly json?: boolean;
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
    const columns = described.map((column) => select(String(column['column_name']), String(column['column_type'])));
    for (const { name, expression } of columns) {
      if (name === '' || expression === '')
        problems.add(file.name, `column "${name}" is binary data, which no column of a dataset can hold`);
      if (name === id && /^(FLOAT|DOUBLE|DECIMAL)/.test(typeOf(described, name)))
        problems.add(
          file.name,
          `${name} is ${typeOf(described, name)}: a number that may be rounded. Store ids as text or int64.`,
        );
    }
    if (problems.count > before) return;
    for (const { name, hint: type } of columns) if (type) hint(name, type);
    const list = columns.map(({ name, expression }) => `${expression} AS ${quoteName(name)}`).join(', ');
    let row = 0;
    for await (const chunk of database.stream(`SELECT ${list} FROM ${from}`)) {
      for (const values of chunk) {
        row += 1;
        yield { place: `${file.name} row ${row}`, values: toRaw(columns, values as RawRow['values']) };
      }
    }
  } catch (error) {
    if (error instanceof UnusableTableError || !(error instanceof Error) || !/ Error: /.test(error.message))
      throw error;
    problems.add(file.name, `it can't be read as Parquet: ${error.message.split('\n')[0]}`);
  }
}

const typeOf = (described: readonly { readonly [column: string]: unknown }[], name: string): string =>
  String(described.find((column) => column['column_name'] === name)?.['column_type']);

function select(name: string, type: string): Selected {
  const column = quoteName(name);
  if (/^(TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT|UINTEGER|BIGINT)$/.test(type))
    return { name, expression: `${column}::BIGINT`, hint: 'int64' };
  if (/^(UBIGINT|HUGEINT|UHUGEINT)$/.test(type)) return { name, expression: `${column}::HUGEINT`, hint: 'int64' };
  if (/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return { name, expression: `${column}::DOUBLE`, hint: 'float64' };
  if (type === 'BOOLEAN') return { name, expression: column, hint: 'bool' };
  if (type === 'VARCHAR') return { name, expression: column, hint: 'text' };
  if (type === 'VARCHAR[]') return { name, expression: column, hint: { list: 'text' } };
  if (/^TIMESTAMP WITH TIME ZONE$/.test(type))
    return { name, expression: `strftime(${column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')` };
  if (/^TIMESTAMP/.test(type)) return { name, expression: `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%f')` };
  if (/^(DATE|TIME.*|UUID|INTERVAL|ENUM.*)$/.test(type)) return { name, expression: `${column}::VARCHAR` };
  if (/BLOB/.test(type)) return { name, expression: '' };
  return { name, expression: `to_json(${column})::VARCHAR`, hint: 'json', json: true };
}

function toRaw(columns: readonly Selected[], values: RawRow['values']): RawRow['values'] {
  const raw: Record<string, RawValue> = {};
  for (const { name, json } of columns) {
    const value = values[name]!;
    raw[name] = json && typeof value === 'string' ? parseJson(value) : value;
  }
  return raw;
}
