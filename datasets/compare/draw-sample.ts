import { quoteText } from '../parquet/sql-text.ts';

/**
 * An SQL expression by which rows with an `id` are in an order that nobody chose and that the seed gives again: on every
 * machine and in every version of DuckDB, unlike its own `hash` and `random`.
 */
export const randomOrder = (seed: number): string => `sha256(${quoteText(`${seed}:`)} || id)`;

/** A query for the first rows, by `dice`, of each stratum of a table with `id`, `stratum` and `dice`; `place` is the stratum's. */
export function drawSample(
  table: string,
  strata: readonly { readonly stratum: string; readonly sampled: number }[],
): string {
  const wanted = strata.map(({ stratum, sampled }, index) => `(${quoteText(stratum)}, ${index}, ${sampled})`);
  if (wanted.length === 0) return `SELECT *, 0 AS place FROM ${table} WHERE false`;
  return (
    `SELECT ${table}.*, wanted.place FROM ${table} JOIN (VALUES ${wanted.join(', ')}) AS wanted(stratum, place, quota) USING (stratum) ` +
    `QUALIFY row_number() OVER (PARTITION BY stratum ORDER BY dice) <= wanted.quota`
  );
}
