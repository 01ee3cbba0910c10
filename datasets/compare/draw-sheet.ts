import { NOT_SAMPLED } from '../cell.ts';
import type { Database } from '../parquet/database.ts';
import { parquetFiles, quoteText } from '../parquet/sql-text.ts';
import { textIn, textOrNullIn } from '../parquet/row-text.ts';
import type { Allocation } from './allocate-sample.ts';
import type { SheetRow } from './coder-sheet.ts';
import { type FileColumn, selectColumn } from './compared-side.ts';
import type { Stratum } from './comparison.ts';
import { drawSample, randomOrder, sampledStrata, shownColumns } from './draw-sample.ts';

export interface SheetRequest {
  /** Values files of the source: which rows there are. */
  readonly rows: readonly string[];
  /** Values files of steps whose rows that a pilot left out aren't drawn from. */
  readonly asked: readonly string[];
  readonly stratify: FileColumn | null;
  readonly size: number;
  readonly allocation: Allocation;
  readonly seed: number;
  readonly columns: readonly FileColumn[];
}

export interface DrawnSheet {
  readonly rows: readonly SheetRow[];
  readonly strata: readonly Stratum[];
  /** Rows that were not drawn from since a pilot left them out. */
  readonly leftOut: number;
}

/**
 * Rows drawn by stratum, in an order that says nothing of the strata. A row without a value is in a stratum of its own kind,
 * such as `(refused)`. The same version and seed give the same sheet.
 */
export async function drawSheet(database: Database, request: SheetRequest): Promise<DrawnSheet> {
  const { rows, asked, stratify, size, allocation, seed, columns } = request;
  const ids = selectColumn({ column: 'id', type: 'text', files: rows }, 'VARCHAR');
  const stratum = `coalesce(value, '(' || coalesce(error_code, 'empty') || ')')`;
  const strataJoin = stratify
    ? `LEFT JOIN (SELECT id, ${stratum} AS stratum FROM (${selectColumn(stratify, 'VARCHAR', ['error_code'])})) AS s ON s.id = r.id`
    : `CROSS JOIN (SELECT 'all' AS stratum) AS s`;
  await database.run(
    `CREATE TABLE candidates AS SELECT r.id AS id, coalesce(s.stratum, '(empty)') AS stratum FROM (${ids}) AS r ${strataJoin}`,
  );
  const leftOut = asked.length === 0 ? 0 : await dropLeftOut(database, asked);
  await database.run(`ALTER TABLE candidates ADD COLUMN dice VARCHAR`);
  await database.run(`UPDATE candidates SET dice = ${randomOrder(seed)}`);
  const strata = await sampledStrata(database, 'candidates', size, allocation);
  const { selected, joins } = shownColumns(columns);
  const sampled = await database.rows(
    `SELECT ${['drawn.id AS id', ...selected].join(', ')} FROM (${drawSample('candidates', strata)}) AS drawn ${joins} ORDER BY drawn.dice`,
  );
  return {
    leftOut,
    strata,
    rows: sampled.map((row) => ({
      id: textIn(row, 'id'),
      values: columns.map((_, index) => textOrNullIn(row, `k${index}`)),
    })),
  };
}

/** Nobody was asked about them: what people say of them can't be compared with anything. */
async function dropLeftOut(database: Database, files: readonly string[]): Promise<number> {
  const ids = `SELECT id FROM ${parquetFiles(files)} WHERE error_code = ${quoteText(NOT_SAMPLED)}`;
  const [found] = await database.rows(`SELECT count(*)::INTEGER AS n FROM candidates WHERE id IN (${ids})`);
  await database.run(`DELETE FROM candidates WHERE id IN (${ids})`);
  return Number(found!['n']);
}
