import type { CellValue } from '../../datasets/column-type.ts';
import { isList, isStruct } from '../../datasets/is-list.ts';
import type { JsonObject } from '../collect/api-json.ts';
import { convertValue } from '../kinds/import-table/convert-value.ts';
import type { FieldType } from '../kinds/import-table/field-type.ts';
import { memberOf } from './parse-api-json.ts';

/** Counts what was noticed, by name. */
export type Note = (what: string) => void;

export interface KnownFields {
  readonly types: ReadonlyMap<string, FieldType>;
  /** Other names that a field was seen under. */
  readonly aliases?: ReadonlyMap<string, string>;
  /** Members that are no columns, such as the id. */
  readonly apart?: readonly string[];
}

/**
 * The values of an object that the API gave, in the types of the columns. What it leaves out is null; what doesn't fit is
 * null and noted, as is what isn't known: one strange value costs neither its row nor its page.
 */
export function readFields(
  object: JsonObject,
  { types, aliases, apart = [] }: KnownFields,
  note: Note,
): { readonly [column: string]: CellValue } {
  const given = new Map<string, CellValue>();
  for (const name of Object.keys(object)) {
    const known = types.has(name) ? name : (aliases?.get(name) ?? name);
    if (types.has(known)) given.set(known, memberOf(object, name) ?? null);
    else if (!apart.includes(known)) note('unknown_field');
  }
  return Object.fromEntries([...types].map(([name, type]) => [name, read(given.get(name) ?? null, type, note)]));
}

function read(raw: CellValue, type: FieldType, note: Note): CellValue {
  const value = convertValue(wellFormed(raw, note), type, false);
  if (value === undefined) note('unfit_value');
  return value ?? null;
}

/**
 * Half a character has no form in a file, so that it is replaced. NUL has one, and is kept, as an import keeps it: account
 * names have it.
 */
function wellFormed(value: CellValue, note: Note): CellValue {
  if (typeof value === 'string') {
    if (value.includes('\0')) note('nul_in_text');
    if (value.isWellFormed()) return value;
    note('lone_surrogate');
    return value.toWellFormed();
  }
  if (isList(value)) return value.map((item) => wellFormed(item, note));
  if (!isStruct(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toWellFormed(), wellFormed(item, note)]));
}
