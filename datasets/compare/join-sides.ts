import type { Database } from '../parquet/database.ts';
import { type ComparedSide, selectColumn } from './compared-side.ts';
import type { Measure } from './comparison.ts';

/** The table that `joinSides` makes: a row for every id of any side. */
export const JOINED = 'joined';

/**
 * Makes the table `joined` of `id` and, for side number n, `v<n>` (the value), `s<n>` (the status; null where the side
 * hasn't the row), `e<n>` (the error code), `c<n>` (the value as text, or in brackets why there is none; null where people
 * gave no label) and `x<n>` (the vector, where the sides have one).
 */
export async function joinSides(database: Database, sides: readonly ComparedSide[], measure: Measure): Promise<void> {
  const type = measure === 'numbers' ? 'DOUBLE' : 'VARCHAR';
  for (const [index, side] of sides.entries()) {
    await database.run(`CREATE VIEW side${index} AS ${selectColumn(side, type, ['status', 'error_code'])}`);
    if (side.embedding) await database.run(`CREATE VIEW vector${index} AS ${selectColumn(side.embedding, 'DOUBLE[]')}`);
  }
  const selected = sides.flatMap((side, index) => [
    `side${index}.value AS v${index}`,
    `side${index}.status AS s${index}`,
    `side${index}.error_code AS e${index}`,
    `${shownValue(side, index)} AS c${index}`,
    ...(side.embedding ? [`vector${index}.value AS x${index}`] : []),
  ]);
  const joins = sides.flatMap((side, index) => [
    `LEFT JOIN side${index} ON side${index}.id = ids.id`,
    ...(side.embedding ? [`LEFT JOIN vector${index} ON vector${index}.id = ids.id`] : []),
  ]);
  const ids = sides.map((_, index) => `SELECT id FROM side${index}`).join(' UNION ');
  await database.run(
    `CREATE TABLE ${JOINED} AS SELECT ids.id AS id, ${selected.join(', ')} FROM (${ids}) AS ids ${joins.join(' ')}`,
  );
}

function shownValue({ gold }: ComparedSide, index: number): string {
  const value = `CAST(side${index}.value AS VARCHAR)`;
  if (gold) return value;
  const why = `coalesce(side${index}.error_code, CASE WHEN side${index}.status IS NULL THEN 'no row' ELSE 'empty' END)`;
  return `coalesce(${value}, '(' || ${why} || ')')`;
}
