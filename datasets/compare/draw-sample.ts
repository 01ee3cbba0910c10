import type { Database } from '../parquet/database.ts';
import { textIn } from '../parquet/row-text.ts';
import { quoteText } from '../parquet/sql-text.ts';
import { allocateSample, type Allocation } from './allocate-sample.ts';
import { type FileColumn, selectColumn } from './compared-side.ts';
import type { Stratum } from './comparison.ts';

/** The strata of a table with a `stratum`, the largest first, and how many rows to draw from each. */
export async function sampledStrata(
  database: Database,
  table: string,
  size: number,
  allocation: Allocation,
): Promise<Stratum[]> {
  const found = await database.rows(
    `SELECT stratum, count(*)::INTEGER AS n FROM ${table} GROUP BY stratum ORDER BY n DESC, stratum`,
  );
  const sizes = found.map(({ n }) => Number(n));
  const drawn = allocateSample(sizes, size, allocation);
  return found.map((row, index) => ({ stratum: textIn(row, 'stratum'), rows: sizes[index]!, sampled: drawn[index]! }));
}

/** SQL that brings columns as text to rows `drawn`, as `k0`, `k1` and so on. */
export function shownColumns(columns: readonly FileColumn[]): { readonly selected: string[]; readonly joins: string } {
  const joins = columns.map((column, index) => {
    const type = typeof column.type === 'object' ? 'JSON' : 'VARCHAR';
    return `LEFT JOIN (${selectColumn(column, type)}) AS k${index} ON k${index}.id = drawn.id`;
  });
  return { selected: columns.map((_, index) => `k${index}.value AS k${index}`), joins: joins.join(' ') };
}

/**
 * An SQL expression by which rows with an `id` are in an order that nobody chose and that the seed gives again: on every
 * machine and in every version of DuckDB, unlike its own `hash` and `random`.
 */
export const randomOrder = (seed: number): string => `sha256(${quoteText(`${seed}:`)} || id)`;

/** A query for the first rows, by `dice`, of each stratum of a table with `id`, `stratum` and `dice`; `place` is the stratum's. */
export function drawSample(table: string, strata: readonly Pick<Stratum, 'stratum' | 'sampled'>[]): string {
  const wanted = strata.map(({ stratum, sampled }, index) => `(${quoteText(stratum)}, ${index}, ${sampled})`);
  if (wanted.length === 0) return `SELECT *, 0 AS place FROM ${table} WHERE false`;
  return (
    `SELECT ${table}.*, wanted.place FROM ${table} JOIN (VALUES ${wanted.join(', ')}) AS wanted(stratum, place, quota) USING (stratum) ` +
    `QUALIFY row_number() OVER (PARTITION BY stratum ORDER BY dice) <= wanted.quota`
  );
}
