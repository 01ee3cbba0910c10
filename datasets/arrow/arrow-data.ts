import { Bool, type Data, Field, Float32, Float64, Int32, Int64, List, makeData, Struct, Utf8 } from 'apache-arrow';
import { type CellValue, type TypeJson, typeFromJson } from '../column-type.ts';
import { isList, isStruct } from '../is-list.ts';

/**
 * A column's values in Arrow's memory layout (https://arrow.apache.org/docs/format/Columnar.html). The builders of
 * apache-arrow take values one by one and guess nulls from them; here a whole batch of one known type is laid out at once.
 */
export function arrowData(type: TypeJson, values: readonly CellValue[]): Data {
  const shared = { length: values.length, ...validityOf(values) };
  if (typeof type === 'object' && 'list' in type) {
    const items = values.map((value) => (isList(value) ? value : []));
    return makeData({
      ...shared,
      type: new List(new Field('element', typeFromJson(type.list), true)),
      valueOffsets: offsetsOf(items.map(({ length }) => length)),
      child: arrowData(type.list, items.flat()),
    });
  }
  if (typeof type === 'object') {
    const entries = Object.entries(type.struct);
    const fields = entries.map(([name, of]) => new Field(name, typeFromJson(of), true));
    const children = entries.map(([name, of]) =>
      arrowData(
        of,
        values.map((value) => (isStruct(value) ? (value[name] ?? null) : null)),
      ),
    );
    return makeData({ ...shared, type: new Struct(fields), children });
  }
  if (type === 'text') {
    const texts = values.map((value) => Buffer.from(typeof value === 'string' ? value : ''));
    const valueOffsets = offsetsOf(texts.map(({ byteLength }) => byteLength));
    return makeData({ ...shared, type: new Utf8(), valueOffsets, data: new Uint8Array(Buffer.concat(texts)) });
  }
  if (type === 'bool')
    return makeData({ ...shared, type: new Bool(), data: bitsOf(values.map((value) => value === true)) });
  if (type === 'int64') {
    const data = BigInt64Array.from(values, (value) => (typeof value === 'bigint' ? value : 0n));
    return makeData({ ...shared, type: new Int64(), data });
  }
  const numbers = values.map((value) => (typeof value === 'number' ? value : 0));
  if (type === 'int32') return makeData({ ...shared, type: new Int32(), data: Int32Array.from(numbers) });
  if (type === 'float32') return makeData({ ...shared, type: new Float32(), data: Float32Array.from(numbers) });
  return makeData({ ...shared, type: new Float64(), data: Float64Array.from(numbers) });
}

/** A bit for each value, 0 for null; without nulls there is none. */
function validityOf(values: readonly CellValue[]) {
  const nullCount = values.reduce<number>((count, value) => count + (value === null ? 1 : 0), 0);
  return { nullCount, nullBitmap: nullCount === 0 ? null : bitsOf(values.map((value) => value !== null)) };
}

/** Least significant bit first. */
function bitsOf(flags: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  for (const [index, flag] of flags.entries()) if (flag) bits[index >> 3]! |= 1 << (index & 7);
  return bits;
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) offsets[index + 1] = offsets[index]! + length;
  return offsets;
}
