import { type DataType, DataType as Arrow } from 'apache-arrow';
import type { Json } from '../manifests/canonical-json.ts';
import type { Cell } from './cell.ts';
import { type CellValue, type Columns, typeToJson } from './column-type.ts';

/**
 * One row of a values file as JSON, the same whether it was just made or read back: Merkle leaves and the keys of source
 * cells are digests of it. int64 is decimal text; float32 is the exact value of its 32 bits.
 */
export function canonicalRow(
  columns: Columns,
  { id, values, status, errorCode }: Pick<Cell, 'id' | 'values' | 'status' | 'errorCode'>,
): Json {
  const made = Object.entries(columns).map(([name, { arrow }]) => [name, jsonOf(values[name] ?? null, arrow)] as const);
  return { ...Object.fromEntries(made), id, status, error_code: errorCode };
}

/** A value as JSON. The type is needed only for a value that never was in a file, since float32 is rounded there. */
export function jsonOf(value: CellValue, arrow?: DataType): Json {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return arrow && typeToJson(arrow) === 'float32' ? Math.fround(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) {
    const element = arrow && Arrow.isList(arrow) ? (arrow.children[0]!.type as DataType) : undefined;
    return value.map((item) => jsonOf(item, element));
  }
  const types = new Map(arrow?.children?.map((field) => [field.name, field.type as DataType]));
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, jsonOf(field, types.get(name))]));
}

const isList = (value: object): value is readonly CellValue[] => Array.isArray(value);
