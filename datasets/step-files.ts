import { type Digest, isDigest } from '../manifests/digest.ts';
import { type Call, CALLS } from './call.ts';
import type { Cell, Status } from './cell.ts';
import { type Columns, text } from './column-type.ts';
import { compareIds } from './compare-ids.ts';
import type { RowReader, SqlRow } from './parquet/database.ts';
import { parquetFiles } from './parquet/sql-text.ts';
import { readParquet } from './parquet/read-parquet.ts';
import { textIn, textOrNullIn } from './parquet/row-text.ts';
import { writeParquet } from './parquet/write-parquet.ts';

/** The two Parquet files of one step for one partition, on local disk. */
export interface StepFilePaths {
  readonly values: string;
  readonly provenance: string;
}

/** What is in a values file. */
export type ValuesRow = Pick<Cell, 'id' | 'values' | 'status' | 'errorCode'>;
/** What decides whether an earlier cell can be taken over. */
export type KeyedRow = Pick<Cell, 'id' | 'cellKey' | 'status' | 'errorCode'>;

/** Columns of a values file that every step has beside its own and `id`. */
export const VALUES_EXTRA = { status: text(), error_code: text() } satisfies Columns;

const PROVENANCE = {
  id: text(),
  cell_key: text(),
  run: text(),
  error_message: text(),
  software: text(),
  calls: CALLS,
} satisfies Columns;
/** Only in the provenance of a source step: the row's salt in hexadecimal. */
const SALT = { salt: text() } satisfies Columns;
/** Only in the provenance of a source step: where the row came from. */
const ORIGIN = { origin: text() } satisfies Columns;
/** Only in the provenance of a step that asks models: the file that holds the raw answers of `calls`. */
const ANSWERS = { answers: text() } satisfies Columns;

const valuesColumns = (columns: Columns): Columns => ({ id: text(), ...columns, ...VALUES_EXTRA });

/** Cells that are none, or files that aren't those of one step partition: a defect of the program, not of the data. */
class InconsistentCellsError extends Error {
  override readonly name = 'InconsistentCellsError';
}

/** `cells` are sorted by id (`compareIds`), each id once; the same cells give the same bytes. */
export async function writeStepFiles(
  columns: Columns,
  cells: readonly Cell[],
): Promise<{ readonly values: Buffer; readonly provenance: Buffer }> {
  checkCells(columns, cells);
  const values = await writeParquet(
    valuesColumns(columns),
    cells.map((cell) => ({ ...cell.values, id: cell.id, status: cell.status, error_code: cell.errorCode })),
  );
  // A file without rows has the column too: then whoever looks for salts needn't know about it.
  const extra = {
    salted: cells.every(({ salt }) => salt !== undefined),
    placed: cells[0]?.origin !== undefined,
    asking: cells[0]?.answers !== undefined,
  };
  const provenance = await writeParquet(
    provenanceColumns(extra),
    cells.map((cell) => provenanceRow(cell, extra)),
  );
  return { values, provenance };
}

/** Columns that not every provenance file has. */
interface Extra {
  readonly salted: boolean;
  readonly placed: boolean;
  readonly asking: boolean;
}

const provenanceColumns = ({ salted, placed, asking }: Extra): Columns => ({
  ...PROVENANCE,
  ...(salted && SALT),
  ...(placed && ORIGIN),
  ...(asking && ANSWERS),
});

const provenanceRow = (
  { id, cellKey, run, errorMessage, software, calls, salt, origin, answers }: Cell,
  { salted, placed, asking }: Extra,
) => ({
  id,
  cell_key: cellKey,
  run,
  error_message: errorMessage,
  software,
  calls,
  ...(salted && { salt: salt! }),
  ...(placed && { origin: origin! }),
  ...(asking && { answers: answers! }),
});

function checkCells(columns: Columns, cells: readonly Cell[]): void {
  const reserved = Object.keys(columns).find((name) => name === 'id' || name in VALUES_EXTRA);
  if (reserved !== undefined) throw new InconsistentCellsError(`a step can't make a column ${reserved}`);
  for (const [index, cell] of cells.entries()) {
    const fail = (reason: string) => {
      throw new InconsistentCellsError(`cell ${cell.id}: ${reason}`);
    };
    const before = cells[index - 1];
    if (before && compareIds(before.id, cell.id) >= 0)
      fail(`stands after ${before.id}; cells are sorted by id, each once`);
    if ((cell.status === 'ok') !== (cell.errorCode === null))
      fail(`status ${cell.status} with error code ${cell.errorCode}`);
    if (cell.status !== 'ok' && Object.values(cell.values).some((value) => value !== null))
      fail(`${cell.status}, but has values`);
    if ((cell.salt === undefined) !== (cells[0]!.salt === undefined)) fail('some cells have a salt and some have none');
    if ((cell.origin === undefined) !== (cells[0]!.origin === undefined))
      fail('some cells say where they came from and some do not');
    if ((cell.answers === undefined) !== (cells[0]!.answers === undefined))
      fail('some cells have a file of answers and some have none');
  }
}

/** Whole cells in the order of the file; only those with the given ids, if any are. */
export async function readCells(
  database: RowReader,
  paths: StepFilePaths,
  columns: Columns,
  ids?: Iterable<string>,
): Promise<Cell[]> {
  const at = ids && (await placesOf(database, paths.values, new Set(ids)));
  const only = at ? { at } : {};
  const extra = await extraOf(database, paths.provenance);
  const [values, provenance] = await Promise.all([
    readParquet(database, paths.values, valuesColumns(columns), only),
    readParquet(database, paths.provenance, provenanceColumns(extra), only),
  ]);
  return cellsOf(paths, columns, extra, values, provenance);
}

const cellsOf = (
  paths: StepFilePaths,
  columns: Columns,
  extra: Extra,
  values: SqlRow[],
  provenance: SqlRow[],
): Cell[] =>
  pair(paths, values, provenance).map(([row, origin]) => ({
    ...valuesRow(columns, row),
    cellKey: cellKeyOf(origin),
    run: textIn(origin, 'run'),
    errorMessage: textOrNullIn(origin, 'error_message'),
    software: textIn(origin, 'software'),
    // DuckDB gives the types of the columns asked for
    calls: origin['calls'] as readonly Call[],
    ...(extra.salted && { salt: textIn(origin, 'salt') }),
    ...(extra.placed && { origin: textIn(origin, 'origin') }),
    ...(extra.asking && { answers: digestOrNullIn(origin, 'answers') }),
  }));

/** One cell, or null where the files have none of that id. */
export async function readCell(
  database: RowReader,
  paths: StepFilePaths,
  columns: Columns,
  id: string,
): Promise<Cell | null> {
  const extra = await extraOf(database, paths.provenance);
  const [values, provenance] = await Promise.all([
    readParquet(database, paths.values, valuesColumns(columns), { id }),
    readParquet(database, paths.provenance, provenanceColumns(extra), { id }),
  ]);
  return cellsOf(paths, columns, extra, values, provenance)[0] ?? null;
}

/** Keys and statuses alone: the files' values and calls aren't read. */
export async function readCellKeys(database: RowReader, paths: StepFilePaths): Promise<KeyedRow[]> {
  const [values, provenance] = await Promise.all([
    readParquet(database, paths.values, { id: text(), ...VALUES_EXTRA }),
    readParquet(database, paths.provenance, { id: text(), cell_key: text() }),
  ]);
  return pair(paths, values, provenance).map(([row, origin]) => {
    const { id, status, errorCode } = valuesRow({}, row);
    return { id, status, errorCode, cellKey: cellKeyOf(origin) };
  });
}

/** What a source step's provenance says of one row. */
export interface SourceProvenance {
  readonly id: string;
  readonly salt: string;
  readonly cellKey: Digest;
  readonly run: string;
  readonly software: string;
  readonly errorMessage: string | null;
  /** Null in versions made before it was kept. */
  readonly origin: string | null;
}

/** Provenance of a source step's rows, in the order of the file. */
export async function readSourceProvenance(database: RowReader, path: string): Promise<SourceProvenance[]> {
  const { placed } = await extraOf(database, path);
  const { calls: _calls, ...columns } = PROVENANCE;
  const rows = await readParquet(database, path, { ...columns, ...SALT, ...(placed && ORIGIN) });
  return rows.map((row) => ({
    id: textIn(row, 'id'),
    salt: textIn(row, 'salt'),
    cellKey: cellKeyOf(row),
    run: textIn(row, 'run'),
    software: textIn(row, 'software'),
    errorMessage: textOrNullIn(row, 'error_message'),
    origin: placed ? textOrNullIn(row, 'origin') : null,
  }));
}

/** Rows of values files, one file after the other. */
export async function readValues(
  database: RowReader,
  path: string | readonly string[],
  columns: Columns,
): Promise<ValuesRow[]> {
  const rows = await readParquet(database, path, valuesColumns(columns));
  return rows.map((row) => valuesRow(columns, row));
}

const valuesRow = (columns: Columns, row: SqlRow): ValuesRow => ({
  id: textIn(row, 'id'),
  values: Object.fromEntries(Object.keys(columns).map((name) => [name, row[name]!])),
  status: statusOf(row),
  errorCode: textOrNullIn(row, 'error_code'),
});

function statusOf(row: SqlRow): Status {
  const status = textIn(row, 'status');
  if (status === 'ok' || status === 'skipped' || status === 'failed') return status;
  throw new InconsistentCellsError(`a cell's status is ${status}`);
}

function cellKeyOf(row: SqlRow): Digest {
  const key = digestOrNullIn(row, 'cell_key');
  if (key !== null) return key;
  throw new InconsistentCellsError('a cell has no key');
}

function digestOrNullIn(row: SqlRow, column: string): Digest | null {
  const value = textOrNullIn(row, column);
  if (value === null || isDigest(value)) return value;
  throw new InconsistentCellsError(`${column} of a cell is ${value}, which is no digest`);
}

async function placesOf(database: RowReader, path: string, ids: ReadonlySet<string>): Promise<number[]> {
  const rows = await readParquet(database, path, { id: text() });
  return rows.flatMap((row, place) => (ids.has(textIn(row, 'id')) ? [place] : []));
}

async function extraOf(database: RowReader, path: string): Promise<Extra> {
  const columns = await database.rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${parquetFiles([path])})`);
  const has = (name: string) => columns.some((column) => column['column_name'] === name);
  return { salted: has('salt'), placed: has('origin'), asking: has('answers') };
}

/** Both files of a partition hold the same rows in the same order. */
function pair(paths: StepFilePaths, values: SqlRow[], provenance: SqlRow[]): [SqlRow, SqlRow][] {
  const same =
    values.length === provenance.length && values.every((row, index) => row['id'] === provenance[index]!['id']);
  if (!same)
    throw new InconsistentCellsError(
      `${paths.values} and ${paths.provenance} are not the two files of one step partition`,
    );
  return values.map((row, index) => [row, provenance[index]!]);
}
