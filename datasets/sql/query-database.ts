import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import type { Json } from '../../manifests/canonical-json.ts';
import { createInstance } from '../parquet/database.ts';
import { literalPath, quoteText } from '../parquet/sql-text.ts';
import { JOINED_VIEW, logTable, type StepTable, viewStatements } from './dataset-views.ts';
import { QueryError } from './query-error.ts';

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly numeric: boolean }[];
  /** Rows as DuckDB prints values; null is null. Only one of `text` and `json` can be read, once. */
  text(): AsyncIterable<readonly (string | null)[]>;
  /** Rows as JSON objects; integers of 64 bits and more, decimals and times are text. */
  json(): AsyncIterable<Readonly<Record<string, Json>>>;
}

export interface QueryDatabase extends AsyncDisposable {
  /** Runs statements of a person; the last one's rows are the result. Throws `QueryError`. */
  query(sql: string): Promise<QueryResult>;
}

/** What a query may be made of. `CREATE` stays in memory (PIVOT needs it); what could write files is not among them. */
const READING: readonly string[] = ['SELECT', 'EXPLAIN', 'CREATE'];
/** DuckDB quotes values, which may be made to steer a terminal. */
const UNPRINTABLE = /[^\P{Cc}\n]|\p{Bidi_Control}/gu;
const ONLY_READS = 'A query reads the tables of a version and nothing else. To write a file: gettok export';
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/;

/**
 * A DuckDB that sees the tables of a version and nothing else: no other file, no network, no extension, no setting.
 */
export async function openQueryDatabase(steps: readonly StepTable[]): Promise<QueryDatabase> {
  const tempFolder = await mkdtemp(join(tmpdir(), 'gettok-query-'));
  const instance = await createInstance({ tempFolder });
  const connection = await instance.connect();
  for (const statement of viewStatements(steps)) await connection.run(statement);
  await lock(connection, steps);
  return {
    query: (sql) => query(connection, steps, sql),
    [Symbol.asyncDispose]: () => close(connection, instance, tempFolder),
  };
}

async function lock(connection: DuckDBConnection, steps: readonly StepTable[]): Promise<void> {
  // DuckDB compares with what stands in the statement: for a path with a bracket in it that is the pattern.
  const paths = steps
    .flatMap(({ files, log }) => [...files, ...(log === undefined ? [] : [log])])
    .flatMap((path) => [path, literalPath(path)]);
  const allowed = [...new Set(paths)].map(quoteText).join(', ');
  await connection.run(`SET allowed_paths = [${allowed}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

async function close(connection: DuckDBConnection, instance: DuckDBInstance, tempFolder: string): Promise<void> {
  connection.closeSync();
  instance.closeSync();
  await rm(tempFolder, { recursive: true, force: true });
}

async function query(connection: DuckDBConnection, steps: readonly StepTable[], sql: string): Promise<QueryResult> {
  const result = await understood(steps, async () => {
    // For a text without statements DuckDB has an error without a message.
    if (sql.replaceAll(/--.*|\/\*[\s\S]*?\*\/|[\s;]/g, '') === '')
      throw new QueryError('There is no SQL statement to run.');
    const statements = await connection.extractStatements(sql);
    let last: DuckDBResult | undefined;
    for (let index = 0; index < statements.count; index += 1) {
      const statement = await statements.prepare(index);
      await checkReads(statement.statementType, sql);
      last = index < statements.count - 1 ? await statement.run() : await statement.stream();
    }
    return last!;
  });
  return toResult(result, (use) => understood(steps, use));
}

/** Files that may be read could be written to as well: COPY, also below EXPLAIN ANALYZE, would alter cached blobs. */
async function checkReads(type: number, sql: string): Promise<void> {
  const { StatementType: types } = await import('@duckdb/node-api');
  const name = types[type] ?? 'INVALID';
  const reads = READING.includes(name) && !(name === 'EXPLAIN' && /\b(copy|export)\b/i.test(sql));
  if (!reads) throw new QueryError(`${name.replaceAll('_', ' ')} is refused. ${ONLY_READS}`);
}

function toResult(result: DuckDBResult, understand: <T>(use: () => Promise<T>) => Promise<T>): QueryResult {
  const types = result.columnTypes();
  async function* chunks<T>(next: () => AsyncIterator<T[]>): AsyncIterable<T> {
    const rows = next();
    for (;;) {
      const chunk = await understand(() => rows.next());
      if (chunk.done) return;
      yield* chunk.value;
    }
  }
  return {
    columns: result
      .deduplicatedColumnNames()
      .map((name, index) => ({ name, numeric: NUMERIC.test(String(types[index])) })),
    async *text() {
      for await (const row of chunks(() => result.yieldRows()))
        yield row.map((value) => (value === null ? null : String(value)));
    },
    json: () => chunks(() => result.yieldRowObjectJson()) as AsyncIterable<Record<string, Json>>,
  };
}

function adviceOn(message: string, steps: readonly StepTable[]): string {
  const logs = steps.filter(({ log }) => log !== undefined).map(({ name }) => logTable(name));
  const tables = [JOINED_VIEW, ...steps.map(({ name }) => name), ...logs].join(', ');
  if (message.startsWith('Catalog Error: Table')) return `\n\nTables: ${tables}`;
  return message.startsWith('Permission Error') ? `\n\n${ONLY_READS}` : '';
}

/** DuckDB's message has the line and a caret under the place; what it lacks are the names there are. */
async function understood<T>(steps: readonly StepTable[], use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof QueryError || !(error instanceof Error)) throw error;
    const message = error.message
      .replace(/^Failed to [a-z ]+: /, '')
      .replaceAll(UNPRINTABLE, '▯')
      .trimEnd();
    throw new QueryError(message + adviceOn(message, steps));
  }
}
