import type { TypeJson } from '../column-type.ts';
import { quoteName } from '../parquet/sql-text.ts';

const SCALARS = {
  text: 'VARCHAR',
  bool: 'BOOLEAN',
  int32: 'INTEGER',
  int64: 'BIGINT',
  float32: 'FLOAT',
  float64: 'DOUBLE',
} as const;

/** The DuckDB type of a column; `int64` may be given another one, such as text where JSON would round it. */
export function sqlType(type: TypeJson, int64 = 'BIGINT'): string {
  if (typeof type === 'string') return type === 'int64' ? int64 : SCALARS[type];
  if ('list' in type) return `${sqlType(type.list, int64)}[]`;
  const fields = Object.entries(type.struct).map(([name, field]) => `${quoteName(name)} ${sqlType(field, int64)}`);
  return `STRUCT(${fields.join(', ')})`;
}
