import { type DataType, DataType as Arrow } from 'apache-arrow';
import { type CellValue, type Columns, typeName, typeToJson } from './column-type.ts';
import { InvalidValueError } from './invalid-value-error.ts';

type Fail = (path: string, value: unknown, expected: string) => never;
type Check = (value: unknown, path: string, fail: Fail) => void;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Throws `InvalidValueError` for the first value of a row that its column can't hold exactly. */
export function rowCheck(columns: Columns): (row: Readonly<Record<string, CellValue>>) => void {
  const checks = Object.entries(columns).map(([name, { arrow }]) => [name, nullable(checkOf(arrow))] as const);
  return (row) => {
    const fail: Fail = (path, value, expected) => {
      throw new InvalidValueError(path, typeof row['id'] === 'string' ? row['id'] : null, describe(value), expected);
    };
    for (const [name, check] of checks) check(row[name], name, fail);
    for (const name in row)
      if (!Object.hasOwn(columns, name)) fail(name, row[name], `one of the columns ${Object.keys(columns).join(', ')}`);
  };
}

const nullable =
  (check: Check): Check =>
  (value, path, fail) => {
    if (value !== null) check(value, path, fail);
  };

function checkOf(arrow: DataType): Check {
  const name = typeName({ arrow });
  if (Arrow.isUtf8(arrow))
    return (value, path, fail) => {
      if (typeof value !== 'string') fail(path, value, 'text');
      else if (!value.isWellFormed()) fail(path, value, 'text without lone surrogates');
    };
  if (Arrow.isBool(arrow))
    return (value, path, fail) => {
      if (typeof value !== 'boolean') fail(path, value, 'true or false');
    };
  if (Arrow.isInt(arrow) && arrow.bitWidth === 64)
    return (value, path, fail) => {
      if (typeof value !== 'bigint' || value < INT64_MIN || value > INT64_MAX)
        fail(path, value, 'a bigint of at most 64 bits (int64)');
    };
  if (Arrow.isInt(arrow))
    return (value, path, fail) => {
      if (typeof value !== 'number' || (value | 0) !== value)
        fail(path, value, 'a whole number of at most 32 bits (int32)');
    };
  if (Arrow.isFloat(arrow)) {
    const stored = typeToJson(arrow) === 'float32' ? Math.fround : (value: number) => value;
    return (value, path, fail) => {
      if (typeof value !== 'number' || !Number.isFinite(stored(value))) fail(path, value, `a finite number (${name})`);
    };
  }
  if (Arrow.isList(arrow)) {
    const element = nullable(checkOf(arrow.children[0]!.type as DataType));
    return (value, path, fail) => {
      if (!Array.isArray(value)) fail(path, value, name);
      else for (const [index, item] of value.entries()) element(item, `${path}[${index}]`, fail);
    };
  }
  return structCheck(arrow, name);
}

function structCheck(arrow: DataType, name: string): Check {
  const fields = arrow.children.map((field) => [field.name, nullable(checkOf(field.type as DataType))] as const);
  const names = new Set(fields.map(([field]) => field));
  return (value, path, fail) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(path, value, name);
    for (const [field, check] of fields) check((value as Record<string, unknown>)[field], `${path}.${field}`, fail);
    for (const field in value)
      if (!names.has(field)) fail(`${path}.${field}`, (value as Record<string, unknown>)[field], name);
  };
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') {
    const short = value.length > 40 ? `${value.slice(0, 40)}…` : value;
    return `the text ${JSON.stringify(short)}`;
  }
  if (typeof value === 'bigint') return `the bigint ${value}`;
  if (typeof value === 'number') return `the number ${Object.is(value, -0) ? '-0' : value}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value)}`;
}
