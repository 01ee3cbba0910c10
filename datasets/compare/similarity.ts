import type { Database } from '../parquet/database.ts';
import type { Similarity } from './comparison.ts';
import { distributionOf } from './distribution.ts';
import { JOINED } from './join-sides.ts';

/** Cosines of the angles between the vectors of two sides of the table `joined`, over the rows that have both. */
export async function similarityOf(database: Database, first: number, second: number): Promise<Similarity> {
  const [a, b] = [`x${first}`, `x${second}`];
  const whole = (vector: string) => `list_count(${vector}) = len(${vector})`;
  const rows = await database.rows(
    `SELECT CASE WHEN len(${a}) = len(${b}) AND len(${a}) > 0 AND ${whole(a)} AND ${whole(b)} ` +
      `THEN list_cosine_similarity(${a}, ${b}) END AS cosine FROM ${JOINED} WHERE ${a} IS NOT NULL AND ${b} IS NOT NULL`,
  );
  const cosines = rows.flatMap(({ cosine }) =>
    cosine === null || Number.isNaN(Number(cosine)) ? [] : [Number(cosine)],
  );
  // A vector with itself is at 1 but for rounding.
  const kept = cosines.map((cosine) => Math.min(1, Math.max(-1, cosine)));
  const lowest = kept.reduce((least, cosine) => Math.min(least, cosine), 0);
  return {
    cosine: distributionOf(kept, { from: lowest < 0 ? -1 : 0, to: 1 }),
    incomparable: rows.length - kept.length,
  };
}
