import type { Json } from '../manifests/canonical-json.ts';
import type { Cell } from './cell.ts';
import { type CellValue, type Columns, type TypeJson, typeToJson } from './column-type.ts';
import { isList } from './is-list.ts';

/**
 * One row of a values file as JSON, the same whether it was just made or read back: Merkle leaves and the keys of source
 * cells are digests of it. int64 is decimal text; float32 is the exact value of its 32 bits.
 */
export function canonicalRow(
  columns: Columns,
  { id, values, status, errorCode }: Pick<Cell, 'id' | 'values' | 'status' | 'errorCode'>,
): Json {
  const made = Object.entries(columns).map(
    ([name, { arrow }]) => [name, jsonOf(values[name] ?? null, typeToJson(arrow))] as const,
  );
  return { ...Object.fromEntries(made), id, status, error_code: errorCode };
}

/** A value as JSON. The type is needed only for a value that never was in a file, since float32 is rounded there. */
export function jsonOf(value: CellValue, type?: TypeJson): Json {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return type === 'float32' ? Math.fround(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) {
    const element = typeof type === 'object' && 'list' in type ? type.list : undefined;
    return value.map((item) => jsonOf(item, element));
  }
  const fields = typeof type === 'object' && 'struct' in type ? type.struct : {};
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, jsonOf(field, fields[name])]));
}
