import type { Database } from '../parquet/database.ts';
import { textOrNullIn } from '../parquet/row-text.ts';
import { changedRows, type SampleRequest } from './changed-rows.ts';
import { comparePair } from './compare-pair.ts';
import type { ComparedSide } from './compared-side.ts';
import type { ComparedPair, Comparison, Measure, SideRows } from './comparison.ts';
import { JOINED, joinSides } from './join-sides.ts';
import { intervalAlpha, nominalAlpha } from './krippendorff-alpha.ts';
import type { LabelPattern } from './label-pattern.ts';

export interface CompareRequest {
  readonly dataset: string;
  /** Two and more; human labels first. */
  readonly sides: readonly ComparedSide[];
  readonly measure: Measure;
  readonly sample: SampleRequest;
}

/** Compares columns row by row, by id. `database` is one of its own: tables are made in it. */
export async function compareColumns(
  database: Database,
  { dataset, sides, measure, sample }: CompareRequest,
): Promise<Comparison> {
  await joinSides(database, sides, measure);
  const patterns = measure === 'labels' ? await patternsOf(database, sides.length) : [];
  const pairs: ComparedPair[] = [];
  for (const second of sides.keys())
    for (let first = 0; first < second; first += 1)
      pairs.push(await comparePair(database, sides, [first, second], measure, patterns));
  const [total] = await database.rows(`SELECT count(*) AS n FROM ${JOINED}`);
  const reported = await Promise.all(
    sides.map(async ({ name, gold, made, column }, index) => {
      const counts = await sideRows(database, index);
      return { name, gold, column, ...(made && { made }), counts };
    }),
  );
  return {
    dataset,
    measure,
    sides: reported,
    rows: Number(total!['n']),
    pairs: pairs.toSorted((a, b) => a.first - b.first || a.second - b.second),
    ...(sides.length > 2 && measure !== 'text' && { alpha: await alphaOf(database, sides.length, measure, patterns) }),
    changed: await changedRows(database, sides, measure, sample),
  };
}

const values = (sides: number) => Array.from({ length: sides }, (_, index) => `v${index}`);

async function patternsOf(database: Database, sides: number): Promise<LabelPattern[]> {
  const columns = values(sides);
  const rows = await database.rows(
    `SELECT ${columns.join(', ')}, count(*) AS n FROM ${JOINED} GROUP BY ${columns.join(', ')} ORDER BY ${columns.join(', ')}`,
  );
  return rows.map((row) => ({ labels: columns.map((column) => textOrNullIn(row, column)), rows: Number(row['n']) }));
}

async function alphaOf(
  database: Database,
  sides: number,
  measure: 'labels' | 'numbers',
  patterns: readonly LabelPattern[],
): Promise<NonNullable<Comparison['alpha']>> {
  if (measure === 'labels') return { ...nominalAlpha(patterns), metric: 'nominal' };
  const columns = values(sides);
  const rows = await database.rows(`SELECT ${columns.join(', ')} FROM ${JOINED}`);
  const numbers = rows.map((row) => columns.map((column) => (row[column] === null ? null : Number(row[column]))));
  return { ...intervalAlpha(numbers), metric: 'interval' };
}

async function sideRows(database: Database, index: number): Promise<SideRows> {
  const rows = await database.rows(
    `SELECT s${index} AS status, e${index} AS code, v${index} IS NOT NULL AS has, count(*) AS n FROM ${JOINED} ` +
      `WHERE s${index} IS NOT NULL GROUP BY ALL ORDER BY n DESC, code`,
  );
  const counts = {
    rows: 0,
    withValue: 0,
    empty: 0,
    skipped: {} as Record<string, number>,
    failed: {} as Record<string, number>,
  };
  for (const row of rows) {
    const n = Number(row['n']);
    counts.rows += n;
    const { status } = row;
    if (row['has'] === true) counts.withValue += n;
    else if (status === 'skipped' || status === 'failed') counts[status][textOrNullIn(row, 'code') ?? 'unknown'] = n;
    else counts.empty += n;
  }
  return counts;
}
