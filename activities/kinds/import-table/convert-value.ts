import { canonicalJson, type Json } from '../../../manifests/canonical-json.ts';
import type { CellValue } from '../../../datasets/column-type.ts';
import { isList, isStruct } from '../../../datasets/is-list.ts';
import type { FieldType, ScalarType } from './field-type.ts';
import { parseJson, type RawValue } from './raw-value.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** Programs that know no missing integer write `12.0`. */
const INTEGER_TEXT = /^-?\d+(\.0+)?$/;
const NUMBER_TEXT = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * The value as one of the type, exactly; undefined when it isn't one. `lexical` says that all values come as text, as
 * they do in CSV: there lists and JSON are written as JSON.
 */
export function convertValue(raw: RawValue, type: FieldType, lexical: boolean): CellValue | undefined {
  if (raw === null) return null;
  if (typeof type === 'string') return SCALARS[type](type === 'json' && lexical ? parsed(raw) : raw);
  const items = lexical ? parsed(raw) : raw;
  if (items === undefined || !isList(items)) return undefined;
  const converted: CellValue[] = [];
  for (const item of items) {
    const value = convertValue(item, type.list, false);
    if (value === undefined) return undefined;
    converted.push(value);
  }
  return converted;
}

type NotNull = Exclude<RawValue, null>;

const SCALARS: Record<ScalarType, (raw: NotNull | undefined) => CellValue | undefined> = {
  text: (raw) => (typeof raw === 'string' ? raw : typeof raw === 'bigint' ? String(raw) : undefined),
  int64: (raw) => {
    const value = toInteger(raw);
    return value !== undefined && value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
  },
  int32: (raw) => {
    const value = toInteger(raw);
    return value !== undefined && BigInt.asIntN(32, value) === value ? Number(value) : undefined;
  },
  float64: toFloat,
  bool: (raw) => {
    if (typeof raw === 'boolean') return raw;
    if (typeof raw !== 'string' || !/^(true|false)$/i.test(raw)) return undefined;
    return raw.toLowerCase() === 'true';
  },
  json: (raw) => (raw === undefined || hasNoJson(raw) ? undefined : canonicalJson(toJson(raw))),
};

function toInteger(raw: NotNull | undefined): bigint | undefined {
  if (typeof raw === 'bigint') return raw;
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? BigInt(raw) : undefined;
  return typeof raw === 'string' && INTEGER_TEXT.test(raw) ? BigInt(raw.replace(/\..*$/, '')) : undefined;
}

function toFloat(raw: NotNull | undefined): number | undefined {
  if (typeof raw === 'bigint') return BigInt(Number(raw)) === raw ? Number(raw) : undefined;
  const value = typeof raw === 'string' && NUMBER_TEXT.test(raw) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Integers beyond 2^53 have no exact form in canonical JSON: they become decimal text. */
export function toJson(raw: RawValue): Json {
  if (typeof raw === 'bigint') return Number.isSafeInteger(Number(raw)) ? Number(raw) : String(raw);
  if (raw === null || typeof raw !== 'object') return raw;
  if (isList(raw)) return raw.map(toJson);
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, toJson(value)]));
}

/** A number beyond those of JSON, such as that of the text `1e400`. */
export function hasNoJson(raw: RawValue): boolean {
  if (typeof raw === 'number') return !Number.isFinite(raw);
  if (isList(raw)) return raw.some(hasNoJson);
  return isStruct(raw) && Object.values(raw).some(hasNoJson);
}

function parsed(raw: NotNull): NotNull | undefined {
  try {
    return typeof raw === 'string' ? (parseJson(raw) ?? undefined) : raw;
  } catch {
    return undefined;
  }
}
