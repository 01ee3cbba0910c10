import { type DataType, DataType as Arrow } from 'apache-arrow';
import { typeToJson } from '../column-type.ts';
import { quoteName } from '../parquet/sql-text.ts';

const SCALARS: Record<string, string> = {
  text: 'VARCHAR',
  bool: 'BOOLEAN',
  int32: 'INTEGER',
  int64: 'BIGINT',
  float32: 'FLOAT',
  float64: 'DOUBLE',
};

/** The DuckDB type of a column; `int64` may be given another one, such as text where JSON would round it. */
export function sqlType(arrow: DataType, int64 = 'BIGINT'): string {
  if (Arrow.isList(arrow)) return `${sqlType(arrow.children[0]!.type as DataType, int64)}[]`;
  if (Arrow.isStruct(arrow)) {
    const fields = arrow.children.map((field) => `${quoteName(field.name)} ${sqlType(field.type as DataType, int64)}`);
    return `STRUCT(${fields.join(', ')})`;
  }
  const scalar = typeToJson(arrow) as string;
  return scalar === 'int64' ? int64 : SCALARS[scalar]!;
}
