import type { WriteStream } from 'node:fs';
import type { FieldDefinition, SchemaDefinition } from 'parquetjs';
import { type CellValue, type Columns, type TypeJson, typeToJson } from '../column-type.ts';
import { InvalidValueError } from '../invalid-value-error.ts';
import { isList, isStruct } from '../is-list.ts';
import { rowCheck } from '../row-check.ts';
import { valueSize } from '../value-size.ts';

/** At most this much text and numbers, before compression, in one row group: what a reader holds in memory at once. */
const ROW_GROUP_BYTES = 32 * 1024 * 1024;
const ROW_GROUP_ROWS = 8192;
const PAGE_ROWS = 1024;

/**
 * Snappy is written in JavaScript by a pinned package, so that the same rows give the same bytes on every machine; the
 * bytes of zlib change with its version and the processor. Measured on 43,697 rows of prose: 2.7 s and 39 MB, gzip 5.2 s
 * and 23 MB.
 */
const COMPRESSION = 'SNAPPY';

/** Parquet types of the scalars. INT64 is given as BigInt: parquetjs rounds numbers. */
const SCALARS = {
  text: 'UTF8',
  bool: 'BOOLEAN',
  int32: 'INT32',
  int64: 'INT64',
  float32: 'FLOAT',
  float64: 'DOUBLE',
} as const;

/**
 * A Parquet file of the rows in their order; the same rows give the same bytes. Throws `InvalidValueError` for a value
 * that its column can't hold. The only file that knows parquetjs.
 *
 * parquetjs orders its statistics by UTF-16 and counts rows wrongly in its page index and version 2 pages: with them
 * DuckDB and pyarrow return wrong rows (`WHERE x = '😀'` finds none), so all three are off.
 */
export async function writeParquet(
  columns: Columns,
  rows: Iterable<Readonly<Record<string, CellValue>>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const { ParquetSchema, ParquetWriter } = await import('parquetjs');
  const check = rowCheck(columns);
  const sink = new BufferSink();
  // Parquetjs asks for a file's stream, but only writes and ends it
  const stream = sink as unknown as WriteStream;
  const writer = await ParquetWriter.openStream(new ParquetSchema(parquetSchema(columns)), stream, {
    pageIndex: false,
    useDataPageV2: false,
    pageSize: PAGE_ROWS,
    rowGroupSize: ROW_GROUP_ROWS,
  });
  for (const key of Object.keys(metadata).toSorted()) writer.setMetadata(key, metadata[key]!);
  const shapes = Object.entries(columns).map(([name, { arrow }]) => [name, shapeOf(typeToJson(arrow))] as const);
  let groupBytes = 0;
  for (const row of rows) {
    check(row);
    groupBytes += valueSize(row);
    // parquetjs closes a row group after the row that reaches its size.
    const full = groupBytes >= ROW_GROUP_BYTES;
    writer.setRowGroupSize(full ? 1 : ROW_GROUP_ROWS);
    if (full) groupBytes = 0;
    await writer.appendRow(Object.fromEntries(shapes.map(([name, shape]) => [name, shape(row[name]!)])));
  }
  await writer.close();
  return sink.bytes();
}

/** The part of a stream that parquetjs uses. */
class BufferSink {
  readonly #chunks: Uint8Array[] = [];

  write(chunk: Uint8Array, done: () => void): boolean {
    this.#chunks.push(chunk);
    done();
    return true;
  }

  end(done: () => void): void {
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

function parquetSchema(columns: Columns): SchemaDefinition {
  const fields = Object.entries(columns).map(([name, { arrow }]) => [name, fieldOf(typeToJson(arrow))] as const);
  const paths = fields.flatMap(([name, field]) => leafPaths(name, field));
  // parquetjs keeps columns by their path joined with commas, and `__proto__` is no key of a plain object.
  const clash = paths.find((path, index) => paths.indexOf(path) !== index || path.split(',').includes('__proto__'));
  if (clash !== undefined)
    throw new InvalidValueError(clash, null, 'a name', 'a name that no other column and no part of one has');
  return Object.fromEntries(fields);
}

const leafPaths = (path: string, { fields }: FieldDefinition): string[] =>
  fields ? Object.entries(fields).flatMap(([name, field]) => leafPaths(`${path},${name}`, field)) : [path];

function fieldOf(type: TypeJson): FieldDefinition {
  if (typeof type === 'string')
    return { type: SCALARS[type], optional: true, compression: COMPRESSION, statistics: false };
  if ('list' in type)
    return {
      type: 'LIST',
      optional: true,
      fields: { list: { repeated: true, fields: { element: fieldOf(type.list) } } },
    };
  const fields = Object.entries(type.struct).map(([name, field]) => [name, fieldOf(field)] as const);
  return { optional: true, fields: Object.fromEntries(fields) };
}

/** How parquetjs wants a value: lists in the three levels of the format, so that null, [] and [null] stay apart. */
type Shape = (value: CellValue) => unknown;

function shapeOf(type: TypeJson): Shape {
  if (typeof type === 'string') return (value) => value;
  if ('list' in type) {
    const element = shapeOf(type.list);
    return (value) => (isList(value) ? { list: value.map((item) => ({ element: element(item) })) } : null);
  }
  const fields = Object.entries(type.struct).map(([name, field]) => [name, shapeOf(field)] as const);
  return (value) =>
    isStruct(value) ? Object.fromEntries(fields.map(([name, shape]) => [name, shape(value[name]!)])) : null;
}
