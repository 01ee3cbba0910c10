import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GettokError } from '../../manifests/gettok-error.ts';
import { type ColumnType, text, typeToJson } from '../column-type.ts';
import { type Database, openDatabase } from '../parquet/database.ts';
import { quoteName, quoteText } from '../parquet/sql-text.ts';
import { JOINED_VIEW, joinedColumns, stepColumns, type StepTable, viewStatements } from './dataset-views.ts';
import { FORMULA, spreadsheetText } from './spreadsheet-text.ts';
import { sqlType } from './sql-type.ts';

/** An export that can't be made as it was asked for. */
export class ExportError extends GettokError {
  override readonly name = 'ExportError';
  override readonly wrongUse = true;
}

export interface ExportRequest {
  readonly to: string;
  /** A step's table; null for the joined view. */
  readonly step: string | null;
  /** All columns when null. In the joined view `step.column` and `step_column` both name one. */
  readonly columns: readonly string[] | null;
  readonly overwrite: boolean;
  readonly tempFolder: string;
}

interface SelectedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

type CopyFormat = 'parquet' | 'csv' | 'jsonl';
type Format = CopyFormat | 'arrow';
const FORMATS: readonly [ending: RegExp, format: Format][] = [
  [/\.parquet$/i, 'parquet'],
  [/\.csv(\.gz)?$/i, 'csv'],
  [/\.(jsonl|ndjson)(\.gz)?$/i, 'jsonl'],
  [/\.(arrow|feather)$/i, 'arrow'],
];

/** Writes one row a video, sorted by id, and gives their number. The file appears whole or not at all. */
export async function exportTable(steps: readonly StepTable[], request: ExportRequest): Promise<number> {
  const { to, overwrite } = request;
  const format = FORMATS.find(([ending]) => ending.test(to))?.[1];
  if (!format)
    throw new ExportError(
      `${to}: the ending says the format; use .parquet, .arrow, .csv, .csv.gz, .jsonl or .jsonl.gz.`,
    );
  const columns = selectColumns(steps, request);
  await checkTarget(to, overwrite);
  const partial = join(dirname(to), `.${basename(to)}.${randomUUID().slice(0, 8)}.partial`);
  using database = await openDatabase({ tempFolder: request.tempFolder });
  for (const statement of viewStatements(steps)) await database.run(statement);
  try {
    const table = request.step ?? JOINED_VIEW;
    const rows =
      format === 'arrow'
        ? await writeArrowTable(database, columns, table, partial)
        : await copyTable(database, copyStatement(columns, table, format, partial, /\.gz$/i.test(to)));
    // Somebody else may have written there in the meantime.
    await checkTarget(to, overwrite);
    await rename(partial, to);
    return rows;
  } finally {
    await rm(partial, { force: true });
  }
}

async function checkTarget(to: string, overwrite: boolean): Promise<void> {
  const folder = await stat(dirname(to)).catch(() => null);
  if (!folder?.isDirectory())
    throw new ExportError(`${to}: there is no folder ${dirname(to)}. Make it, or export elsewhere.`);
  const present = await stat(to).catch(() => null);
  if (present?.isDirectory())
    throw new ExportError(`${to} is a folder. Name a file in it, such as ${join(to, 'dataset.parquet')}.`);
  if (present && !overwrite)
    throw new ExportError(`${to} is there already. Choose another name, or overwrite it with --force.`);
}

function selectColumns(steps: readonly StepTable[], { step, columns: wanted }: ExportRequest): SelectedColumn[] {
  const available = step === null ? joined(steps) : ofStep(steps, step);
  if (wanted === null) return [...new Map([...available.values()].map((column) => [column.name, column])).values()];
  const unknown = wanted.filter((name) => !available.has(name));
  if (unknown.length === 0) {
    // `stance.label` and `stance_label` are one.
    return [...new Set(wanted.map((name) => available.get(name)!.name))].map((name) => available.get(name)!);
  }
  const names = [...new Set([...available.values()].map(({ name }) => name))].join(', ');
  throw new ExportError(
    `No column ${unknown.map((name) => `"${name}"`).join(', ')} in ${step ?? 'the joined view'}. There are: ${names}`,
  );
}

function joined(steps: readonly StepTable[]): Map<string, SelectedColumn> {
  const columns = new Map<string, SelectedColumn>([['id', { name: 'id', type: text() }]]);
  for (const { name, step, column, type } of joinedColumns(steps)) {
    columns.set(name, { name, type });
    columns.set(`${step}.${column}`, { name, type });
  }
  return columns;
}

function ofStep(steps: readonly StepTable[], name: string): Map<string, SelectedColumn> {
  const step = steps.find((each) => each.name === name);
  if (!step) throw new ExportError(`There is no step "${name}". Steps: ${steps.map((each) => each.name).join(', ')}`);
  return new Map(Object.entries(stepColumns(step)).map(([column, type]) => [column, { name: column, type }]));
}

async function copyTable(database: Database, statement: string): Promise<number> {
  const [written] = await database.rows(statement);
  return Number(written!['Count']);
}

/** DuckDB writes Arrow only with an extension, and none is loaded from the network. */
async function writeArrowTable(
  database: Database,
  columns: readonly SelectedColumn[],
  table: string,
  path: string,
): Promise<number> {
  const { writeArrow } = await import('../arrow/write-arrow.ts');
  const selected = columns.map(({ name }) => quoteName(name)).join(', ');
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
  return await writeArrow(path, types, database.stream(`SELECT ${selected} FROM ${quoteName(table)} ORDER BY id`));
}

function copyStatement(
  columns: readonly SelectedColumn[],
  table: string,
  format: CopyFormat,
  path: string,
  gzip: boolean,
): string {
  const selected = columns.map((column) => EXPRESSION[format](column)).join(', ');
  const compression = gzip ? ', COMPRESSION gzip' : '';
  // By the table's id: that of the output may be another text.
  return `COPY (SELECT ${selected} FROM ${quoteName(table)} AS t ORDER BY t.id) TO ${quoteText(path)} (${OPTIONS[format]}${compression})`;
}

const OPTIONS: Record<CopyFormat, string> = {
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  csv: 'FORMAT csv, HEADER',
  jsonl: 'FORMAT json',
};

const EXPRESSION: Record<CopyFormat, (column: SelectedColumn) => string> = {
  parquet: ({ name }) => quoteName(name),
  csv: ({ name, type }) => `${csvCell(quoteName(name), type)} AS ${quoteName(spreadsheetText(name))}`,
  // A reader in JavaScript rounds numbers beyond 2^53, so 64-bit integers are text here as everywhere in JSON.
  jsonl: ({ name, type }) => `${quoteName(name)}::${sqlType(typeToJson(type.arrow), 'VARCHAR')} AS ${quoteName(name)}`,
};

/** Text that looks like a formula gets an apostrophe; lists and structs become JSON; numbers stay as they are. */
function csvCell(column: string, { arrow }: ColumnType): string {
  const type = typeToJson(arrow);
  if (typeof type === 'object') return `to_json(${column})::VARCHAR`;
  if (type !== 'text') return column;
  return `CASE WHEN regexp_matches(${column}, ${quoteText(FORMULA.source)}) THEN '''' || ${column} ELSE ${column} END`;
}
