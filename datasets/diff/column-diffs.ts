import type { Json } from '../../manifests/canonical-json.ts';
import type { SqlRow } from '../parquet/database.ts';
import { parquetFiles } from '../parquet/sql-text.ts';
import type { StepContext } from './cell-causes.ts';
import type { ChangedRows, DiffTools } from './changed-rows.ts';
import { asJson, difference } from './column-pair.ts';
import { labelOf } from './judged-cells.ts';
import type { CauseCount, ChangedCell, Moved } from './version-diff.ts';

/** A column whose changes are counted: its place among those compared, or the outcome. */
export type Counted = number | 'outcome';

export interface ColumnChanges {
  readonly changed: number;
  readonly causes: readonly CauseCount[];
  readonly moved: Moved | null;
}

/** Counts the changes of columns by cause, in one pass over the judged rows. */
export async function countChanges(
  { database }: Pick<DiffTools, 'database'>,
  table: string,
  { columns }: ChangedRows,
  context: StepContext,
  counted: readonly Counted[],
): Promise<ColumnChanges[]> {
  if (counted.length === 0) return [];
  const counts = counted.map((column, place) => `count(*) FILTER (WHERE c_${column}) AS n_${place}`);
  const groups = await database.rows(`SELECT evidence, ${counts.join(', ')} FROM ${table} GROUP BY evidence`);
  const moves = counted.flatMap((column, place) => {
    const numeric = column !== 'outcome' && difference(columns[column]!) !== null;
    return numeric ? movesOf(column, place) : [];
  });
  const [moved = {}] = moves.length > 0 ? await database.rows(`SELECT ${moves.join(', ')} FROM ${table}`) : [];
  return counted.map((_, place) => {
    const byLabel = new Map<string, number>();
    for (const group of groups) {
      const count = Number(group[`n_${place}`]);
      if (count === 0) continue;
      const label = labelOf(context, group);
      byLabel.set(label, (byLabel.get(label) ?? 0) + count);
    }
    return { changed: sum(byLabel.values()), causes: mostFirst(byLabel), moved: movedIn(moved, place) };
  });
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

export const mostFirst = (byLabel: ReadonlyMap<string, number>): CauseCount[] =>
  [...byLabel]
    .map(([cause, count]) => ({ cause, count }))
    .toSorted((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));

const movesOf = (column: number, place: number): string[] =>
  ['count', 'avg', 'median', 'min', 'max'].map(
    (name) => `${name}(d_${column}) FILTER (WHERE c_${column})::DOUBLE AS ${name}_${place}`,
  );

function movedIn(row: SqlRow, place: number): Moved | null {
  const number = (name: string) => row[`${name}_${place}`];
  const [cells, mean, median, min, max] = ['count', 'avg', 'median', 'min', 'max'].map(number);
  if (typeof cells !== 'number' || cells === 0) return null;
  return { cells, mean: Number(mean), median: Number(median), min: Number(min), max: Number(max) };
}

/**
 * Changed cells of a column with both values: of each cause some before the next of one. `limit` is their number, null for
 * all. Only the files that hold them are read again.
 */
export async function changedCells(
  { database }: Pick<DiffTools, 'database'>,
  table: string,
  rows: ChangedRows,
  context: StepContext,
  column: Counted,
  limit: number | null,
): Promise<ChangedCell[]> {
  const picked =
    `SELECT id, file_a, file_b, evidence, row_number() OVER (PARTITION BY evidence ORDER BY id) AS turn ` +
    `FROM ${table} WHERE c_${column} ORDER BY turn, id${limit === null ? '' : ` LIMIT ${limit}`}`;
  const places = await database.rows(`SELECT DISTINCT file_a, file_b FROM (${picked})`);
  const files = (all: readonly string[], side: 'file_a' | 'file_b') => {
    const numbers = new Set(places.map((place) => Number(place[side])));
    return parquetFiles(all.filter((_, number) => numbers.has(number)));
  };
  if (places.length === 0) return [];
  const [old, now] = column === 'outcome' ? [outcome('a'), outcome('b')] : valuesOf(rows, column);
  const found = await database.rows(
    `SELECT p.id AS id, p.evidence AS evidence, ${old} AS old, ${now} AS new FROM (${picked}) p ` +
      `JOIN ${files(rows.before.values, 'file_a')} a ON a.id = p.id JOIN ${files(rows.after.values, 'file_b')} b ON b.id = p.id ` +
      `ORDER BY p.turn, p.id`,
  );
  return found.map((row) => ({
    id: String(row['id']),
    old: parsed(row['old']),
    new: parsed(row['new']),
    cause: labelOf(context, row),
  }));
}

function valuesOf({ columns }: ChangedRows, column: number): [string, string] {
  const { before, after } = columns[column]!;
  return [asJson('a', before), asJson('b', after)];
}

/** `failed refused`, `skipped no_audio`, `ok`. */
const outcome = (table: 'a' | 'b') => `to_json(concat_ws(' ', ${table}.status, ${table}.error_code))::VARCHAR`;

const parsed = (text: SqlRow[string] | undefined): Json =>
  typeof text === 'string' ? (JSON.parse(text) as Json) : null;
