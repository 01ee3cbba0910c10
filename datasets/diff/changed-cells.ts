import type { Json } from '../../manifests/canonical-json.ts';
import type { SqlRow } from '../parquet/database.ts';
import { textIn } from '../parquet/row-text.ts';
import { parquetFiles, quoteText } from '../parquet/sql-text.ts';
import type { StepContext } from './cell-causes.ts';
import type { ChangedRows, DiffTools } from './changed-rows.ts';
import type { Counted, PickedRow } from './column-diffs.ts';
import { asJson } from './column-pair.ts';
import { labelOf } from './judged-cells.ts';
import type { ChangedCell } from './version-diff.ts';

/** Rows picked of one column. */
export interface PickedCells {
  readonly counted: Counted;
  readonly rows: readonly PickedRow[];
}

/** Both values of picked cells of a step, column by column. Only the files that hold them are read again. */
export async function pickedCells(
  { database }: Pick<DiffTools, 'database'>,
  rows: ChangedRows,
  picked: readonly PickedCells[],
): Promise<ChangedCell[][]> {
  const all = picked.flatMap((column) => column.rows);
  if (all.length === 0) return picked.map(() => []);
  const ids = [...new Set(all.map(({ id }) => quoteText(id)))].join(', ');
  const places = await database.rows(`SELECT DISTINCT file_a, file_b FROM ${rows.table} WHERE id IN (${ids})`);
  const files = (side: 'before' | 'after', column: 'file_a' | 'file_b') =>
    parquetFiles(
      [...new Set(places.map((place) => Number(place[column])))].map((number) => rows[side].values[number]!),
    );
  const values = picked.flatMap(({ counted }, place) => {
    const [old, now] = valuesOf(rows, counted);
    return [`${old} AS old_${place}`, `${now} AS new_${place}`];
  });
  const found = await database.rows(
    `SELECT a.id AS id, ${values.join(', ')} FROM (FROM ${files('before', 'file_a')} WHERE id IN (${ids})) a ` +
      `JOIN (FROM ${files('after', 'file_b')} WHERE id IN (${ids})) b ON a.id = b.id`,
  );
  const byId = new Map(found.map((row) => [row['id'], row]));
  return picked.map((column, place) =>
    column.rows.map(({ id, cause }) => {
      const row = byId.get(id)!;
      return { id, old: parsed(row[`old_${place}`]), new: parsed(row[`new_${place}`]), cause };
    }),
  );
}

/** Every changed cell of a column with both values, sorted by id. */
export async function allChangedCells(
  { database }: Pick<DiffTools, 'database'>,
  table: string,
  rows: ChangedRows,
  context: StepContext,
  column: Counted,
): Promise<ChangedCell[]> {
  const [old, now] = valuesOf(rows, column);
  const found = await database.rows(
    `SELECT t.id AS id, t.evidence AS evidence, ${old} AS old, ${now} AS new FROM ${table} t ` +
      `JOIN ${parquetFiles(rows.before.values)} a ON a.id = t.id JOIN ${parquetFiles(rows.after.values)} b ON b.id = t.id ` +
      `WHERE t.c_${column} ORDER BY t.id`,
  );
  return found.map((row) => ({
    id: textIn(row, 'id'),
    old: parsed(row['old']),
    new: parsed(row['new']),
    cause: labelOf(context, row),
  }));
}

function valuesOf({ columns }: ChangedRows, column: Counted): [string, string] {
  if (column === 'outcome') return [outcome('a'), outcome('b')];
  const { before, after } = columns[column]!;
  return [asJson('a', before), asJson('b', after)];
}

/** `failed refused`, `skipped no_audio`, `ok`. */
const outcome = (table: 'a' | 'b') => `to_json(concat_ws(' ', ${table}.status, ${table}.error_code))::VARCHAR`;

const parsed = (text: SqlRow[string] | undefined): Json =>
  typeof text === 'string' ? (JSON.parse(text) as Json) : null;
