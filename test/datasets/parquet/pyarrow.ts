import { execFileSync } from 'node:child_process';
import type { TypeJson } from '../../../datasets/column-type.ts';
import type { CellValue } from '../../../datasets/column-type.ts';
import { isList, isStruct } from '../../../datasets/is-list.ts';

/** A value with its exact bits, as both languages write it: `i:` integers, `f:` the bytes of a double, `s:` text. */
export type Exact = null | string | readonly Exact[] | { readonly [field: string]: Exact };

export function exact(value: CellValue, type: TypeJson): Exact {
  if (value === null) return null;
  if (isList(value))
    return value.map((item) => exact(item, typeof type === 'object' && 'list' in type ? type.list : 'text'));
  if (isStruct(value)) {
    const fields = typeof type === 'object' && 'struct' in type ? type.struct : {};
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, exact(field, fields[name]!)]));
  }
  if (typeof value === 'string') return `s:${value}`;
  if (typeof value === 'boolean') return `b:${value}`;
  if (type !== 'float32' && type !== 'float64') return `i:${value}`;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(type === 'float32' ? Math.fround(Number(value)) : Number(value));
  return `f:${bytes.toString('hex')}`;
}

const EXACT = `
import json, struct, sys
def exact(value):
    if value is None: return None
    if isinstance(value, bool): return 'b:true' if value else 'b:false'
    if isinstance(value, int): return 'i:%d' % value
    if isinstance(value, float): return 'f:' + struct.pack('>d', value).hex()
    if isinstance(value, str): return 's:' + value
    if isinstance(value, list): return [exact(item) for item in value]
    return {name: exact(field) for name, field in value.items()}
`;

/** What a script for pyarrow, the reference reader, prints as JSON; `exact` in it writes values as the one above does. */
export function runPyarrow(script: string, input: object): unknown {
  const python = process.env['GETTOK_PYARROW_PYTHON'];
  if (!python)
    throw new Error('GETTOK_PYARROW_PYTHON names no Python with pyarrow: run npm test, whose set-up makes one');
  const options = { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  return JSON.parse(execFileSync(python, ['-c', EXACT + script], options));
}

const SCRIPT = `
import pyarrow.parquet as parquet
request = json.load(sys.stdin)
path, filters = request['path'], request.get('filters')
file = parquet.ParquetFile(path)
groups = [file.metadata.row_group(index) for index in range(file.metadata.num_row_groups)]
print(json.dumps({
    'rows': [exact(row) for row in parquet.read_table(path, filters=filters).to_pylist()],
    'schema': {field.name: str(field.type) for field in file.schema_arrow},
    'rowGroups': [group.num_rows for group in groups],
    'statistics': any(group.column(index).is_stats_set for group in groups for index in range(group.num_columns)),
    'pageIndex': any(group.column(index).has_offset_index or group.column(index).has_column_index for group in groups for index in range(group.num_columns)),
    'metadata': {key.decode(): value.decode() for key, value in (file.metadata.metadata or {}).items()},
    'createdBy': file.metadata.created_by,
}))
`;

export interface PyarrowFile {
  readonly rows: readonly { readonly [column: string]: Exact }[];
  readonly schema: { readonly [column: string]: string };
  readonly rowGroups: readonly number[];
  readonly statistics: boolean;
  readonly pageIndex: boolean;
  readonly metadata: { readonly [key: string]: string };
  readonly createdBy: string;
}

/** What pyarrow finds in a Parquet file. */
export function pyarrowReads(
  path: string,
  filters?: readonly (readonly [column: string, comparison: string, value: string])[],
): PyarrowFile {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the script prints
  return runPyarrow(SCRIPT, { path, ...(filters && { filters }) }) as PyarrowFile;
}
