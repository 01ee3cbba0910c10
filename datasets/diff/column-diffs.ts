import { compareIds } from '../compare-ids.ts';
import type { SqlRow } from '../parquet/database.ts';
import type { StepContext } from './cell-causes.ts';
import type { ChangedRows, DiffTools } from './changed-rows.ts';
import { difference } from './column-pair.ts';
import { labelOf } from './judged-cells.ts';
import type { CauseCount, Moved } from './version-diff.ts';

/** A column whose changes are counted: its place among those compared, or the outcome. */
export type Counted = number | 'outcome';

export interface ColumnChanges {
  readonly changed: number;
  readonly causes: readonly CauseCount[];
  readonly moved: Moved | null;
  /** Some changed rows, of each cause one before the next of another. */
  readonly picked: readonly PickedRow[];
}

export interface PickedRow {
  readonly id: string;
  readonly cause: string;
}

/** Counts the changes of columns by cause and picks some of each, in one pass over the judged rows. */
export async function countChanges(
  { database }: Pick<DiffTools, 'database'>,
  table: string,
  { columns }: ChangedRows,
  context: StepContext,
  { counted, picks }: { readonly counted: readonly Counted[]; readonly picks: number },
): Promise<ColumnChanges[]> {
  if (counted.length === 0) return [];
  const selected = counted.flatMap((column, place) => {
    const count = `count(*) FILTER (WHERE c_${column}) AS n_${place}`;
    const some = `min(id, ${picks}) FILTER (WHERE c_${column}) AS p_${place}`;
    return picks === 0 ? [count] : [count, some];
  });
  const groups = await database.rows(`SELECT evidence, ${selected.join(', ')} FROM ${table} GROUP BY evidence`);
  const moves = counted.flatMap((column, place) => {
    const numeric = column !== 'outcome' && difference(columns[column]!) !== null;
    return numeric ? movesOf(column, place) : [];
  });
  const [moved = {}] = moves.length > 0 ? await database.rows(`SELECT ${moves.join(', ')} FROM ${table}`) : [];
  return counted.map((_, place) => {
    const byLabel = new Map<string, number>();
    const picked = new Map<string, PickedRow[]>();
    for (const group of groups) {
      const count = Number(group[`n_${place}`]);
      if (count === 0) continue;
      const cause = labelOf(context, group);
      byLabel.set(cause, (byLabel.get(cause) ?? 0) + count);
      picked.set(cause, [...(picked.get(cause) ?? []), ...picksOf(group[`p_${place}`], cause)]);
    }
    return {
      changed: sum(byLabel.values()),
      causes: mostFirst(byLabel),
      moved: movedIn(moved, place),
      picked: byTurns([...picked.values()]),
    };
  });
}

/** DuckDB gives a list of ids, or null for none. */
const picksOf = (ids: SqlRow[string] | undefined, cause: string): PickedRow[] =>
  ((ids ?? []) as readonly string[]).map((id) => ({ id, cause }));

function byTurns(groups: readonly PickedRow[][]): PickedRow[] {
  const sorted = groups.map((group) => group.toSorted((x, y) => compareIds(x.id, y.id)));
  return sorted
    .flatMap((group) => group.map((row, turn) => ({ row, turn })))
    .toSorted((x, y) => x.turn - y.turn || compareIds(x.row.id, y.row.id))
    .map(({ row }) => row);
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

const mostFirst = (byLabel: ReadonlyMap<string, number>): CauseCount[] =>
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
