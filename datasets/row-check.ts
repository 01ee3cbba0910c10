import { type CellValue, type Columns, type TypeJson, typeFromJson, typeName, typeToJson } from './column-type.ts';
import { InvalidValueError } from './invalid-value-error.ts';
import { isList, isStruct } from './is-list.ts';

type Fail = (path: string, value: CellValue | undefined, expected: string) => void;
type Check = (value: CellValue | undefined, path: string, fail: Fail) => void;
type Scalar = Extract<TypeJson, string>;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -INT64_MAX - 1n;

/** Throws `InvalidValueError` for the first value of a row that its column can't hold exactly. */
export function rowCheck(columns: Columns): (row: Readonly<Record<string, CellValue>>) => void {
  const checks = Object.entries(columns).map(([name, column]) => [name, checkOf(typeToJson(column.arrow))] as const);
  return (row) => {
    const fail: Fail = (path, value, expected) => {
      throw new InvalidValueError(path, typeof row['id'] === 'string' ? row['id'] : null, describe(value), expected);
    };
    for (const [name, check] of checks) check(row[name], name, fail);
    for (const name in row)
      if (!Object.hasOwn(columns, name)) fail(name, row[name], `one of the columns ${Object.keys(columns).join(', ')}`);
  };
}

function checkOf(type: TypeJson): Check {
  const check = typeof type === 'string' ? SCALARS[type] : 'list' in type ? listCheck(type) : structCheck(type);
  return (value, path, fail) => {
    if (value !== null) check(value, path, fail);
  };
}

const SCALARS: Record<Scalar, Check> = {
  text: (value, path, fail) => {
    if (typeof value !== 'string') fail(path, value, 'text');
    else if (!value.isWellFormed()) fail(path, value, 'text without lone surrogates');
  },
  bool: (value, path, fail) => {
    if (typeof value !== 'boolean') fail(path, value, 'true or false');
  },
  int32: (value, path, fail) => {
    if (typeof value !== 'number' || (value | 0) !== value)
      fail(path, value, 'a whole number of at most 32 bits (int32)');
  },
  int64: (value, path, fail) => {
    if (typeof value !== 'bigint' || value < INT64_MIN || value > INT64_MAX)
      fail(path, value, 'a bigint of at most 64 bits (int64)');
  },
  float32: (value, path, fail) => {
    if (typeof value !== 'number' || !Number.isFinite(Math.fround(value)))
      fail(path, value, 'a finite number (float32)');
  },
  float64: (value, path, fail) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) fail(path, value, 'a finite number (float64)');
  },
};

function listCheck(type: Extract<TypeJson, { list: TypeJson }>): Check {
  const element = checkOf(type.list);
  const name = nameOf(type);
  return (value, path, fail) => {
    if (value === undefined || !isList(value)) fail(path, value, name);
    else for (const [index, item] of value.entries()) element(item, `${path}[${index}]`, fail);
  };
}

function structCheck(type: Extract<TypeJson, { struct: object }>): Check {
  const fields = Object.entries(type.struct).map(([field, of]) => [field, checkOf(of)] as const);
  const name = nameOf(type);
  return (value, path, fail) => {
    if (value === undefined || !isStruct(value)) fail(path, value, name);
    else {
      for (const [field, check] of fields) check(value[field], `${path}.${field}`, fail);
      for (const field in value) if (!Object.hasOwn(type.struct, field)) fail(`${path}.${field}`, value[field], name);
    }
  };
}

const nameOf = (type: TypeJson): string => typeName({ arrow: typeFromJson(type) });

function describe(value: CellValue | undefined): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === 'object') return isList(value) ? `a list of ${value.length}` : 'an object';
  return `the ${typeof value} ${value}`;
}
