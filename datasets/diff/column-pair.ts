import type { StepState } from '../../manifests/manifest.ts';
import type { TypeJson } from '../column-type.ts';
import { quoteName } from '../parquet/sql-text.ts';
import { sqlType } from '../sql/sql-type.ts';

/** A column of each of two files whose values are compared. */
export interface ColumnPair {
  readonly before: TypedColumn;
  readonly after: TypedColumn;
}

interface TypedColumn {
  readonly name: string;
  readonly type: TypeJson;
}

/** The pair of two columns by name; null where a step hasn't the column. */
export function columnPair(before: StepState, old: string, after: StepState, now: string): ColumnPair | null {
  const [left, right] = [typedColumn(before, old), typedColumn(after, now)];
  return left && right ? { before: left, after: right } : null;
}

function typedColumn({ columns }: StepState, name: string): TypedColumn | null {
  const column = columns.find((one) => one.name === name);
  // The manifest's schema takes any JSON here; what writes it has this type.
  return column ? { name, type: column.type as TypeJson } : null;
}

const NUMERIC: readonly TypeJson[] = ['int32', 'int64', 'float32', 'float64'];
const isNumeric = ({ before, after }: ColumnPair) => NUMERIC.includes(before.type) && NUMERIC.includes(after.type);

const place = (table: 'a' | 'b', { name }: TypedColumn) => `${table}.${quoteName(name)}`;

/** SQL that is true where the values of `a` and `b` differ, null being a value. Columns of other types are compared as text. */
export function differs(pair: ColumnPair): string {
  const comparable = isNumeric(pair) || sqlType(pair.before.type) === sqlType(pair.after.type);
  const [old, now] = (['before', 'after'] as const).map((side) => {
    const column = place(side === 'before' ? 'a' : 'b', pair[side]);
    if (comparable) return column;
    return typeof pair[side].type === 'string' ? `${column}::VARCHAR` : `to_json(${column})::VARCHAR`;
  });
  return `(${old} IS DISTINCT FROM ${now})`;
}

/** SQL of the new number minus the old one; null for a pair that isn't numbers. Integers don't overflow in between. */
export function difference(pair: ColumnPair): string | null {
  if (!isNumeric(pair)) return null;
  const wide = ({ type }: TypedColumn) => (type === 'int32' || type === 'int64' ? 'HUGEINT' : 'DOUBLE');
  const { before, after } = pair;
  return `(${place('b', after)}::${wide(after)} - ${place('a', before)}::${wide(before)})::DOUBLE`;
}

/** SQL of a value as JSON text; 64-bit integers as text, since JavaScript rounds them. */
export const asJson = (table: 'a' | 'b', column: TypedColumn): string =>
  `to_json(${place(table, column)}::${sqlType(column.type, 'VARCHAR')})::VARCHAR`;
