import type { DuckDBConnection, DuckDBInstance, JS } from '@duckdb/node-api';
import type { CellValue } from '../column-type.ts';

export interface DatabaseOptions {
  /** Such as `2GB`; DuckDB spills to `tempFolder` beyond it. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly tempFolder?: string;
}

export type SqlRow = Record<string, CellValue>;

/** DuckDB in this process: reads local files, and never loads anything from the network. */
export interface Database {
  /** All rows of a statement's result, as values of this program. */
  rows(sql: string): Promise<SqlRow[]>;
  /** The same in pieces, for results that needn't fit into memory. */
  stream(sql: string): AsyncIterable<SqlRow[]>;
  run(sql: string): Promise<void>;
  close(): void;
  [Symbol.dispose](): void;
}

/** As much of a database as reading files takes. */
export type RowReader = Pick<Database, 'rows'>;

/** One a process: a DuckDB instance brings its own threads and memory. */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  return new DuckDatabase(await createInstance(options));
}

/** A DuckDB in memory that gets nothing from the network, and writes nothing but to `tempFolder`. */
export async function createInstance(options: DatabaseOptions): Promise<DuckDBInstance> {
  const { DuckDBInstance: Instance } = await import('@duckdb/node-api');
  return Instance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    preserve_insertion_order: 'true',
    // DuckDB's own choice is a folder `.tmp` wherever the process was started.
    temp_directory: options.tempFolder ?? '',
    ...(options.memoryLimit !== undefined && { memory_limit: options.memoryLimit }),
    ...(options.threads !== undefined && { threads: String(options.threads) }),
  });
}

class DuckDatabase implements Database {
  readonly #instance: DuckDBInstance;

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  async rows(sql: string): Promise<SqlRow[]> {
    return this.#connected(async (connection) => {
      const result = await connection.runAndReadAll(sql);
      return toRows(result.columnNames(), result.getRowsJS());
    });
  }

  async *stream(sql: string): AsyncIterable<SqlRow[]> {
    const connection = await this.#instance.connect();
    try {
      const result = await connection.stream(sql);
      const names = result.columnNames();
      for await (const chunk of result.yieldRowsJs()) yield toRows(names, chunk);
    } finally {
      connection.closeSync();
    }
  }

  async run(sql: string): Promise<void> {
    await this.#connected((connection) => connection.run(sql));
  }

  close(): void {
    this.#instance.closeSync();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Statements of one connection wait for each other, so each gets its own. */
  async #connected<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect();
    try {
      return await use(connection);
    } finally {
      connection.closeSync();
    }
  }
}

/** Times and bytes have no form in this program: who selects them asks for them as text. */
const toRows = (names: readonly string[], rows: readonly (readonly JS[])[]): SqlRow[] =>
  rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] as CellValue])));
