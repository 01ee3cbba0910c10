import { convertValue } from './convert-value.ts';
import { type FieldType, fieldTypeName } from './field-type.ts';
import { mapThatFits } from './maps/index.ts';
import type { RawRow, RawValue } from './raw-value.ts';
import type { ExportForm, MappedField, TableMap, Values } from './table-map.ts';
import type { TableFile, TableFormat } from './table-files.ts';
import { shown, type TableProblems } from './table-problems.ts';
import { fieldOf, valueAt } from './value-at.ts';

/** How often an id stands in the files. */
export const TIMES_SEEN = 'times_seen';
const ORIGINAL = 'original';
const SHOWN_NAMES = 8;

export const formOf = ({ csv, json }: TableMap, format: TableFormat): ExportForm | undefined =>
  format === 'csv' ? csv : format === 'parquet' ? undefined : json;

/** The columns that a map always makes, whatever the files leave out. */
export function mappedTypes(map: TableMap, format: TableFormat): ReadonlyMap<string, FieldType> {
  const form = formOf(map, format);
  return new Map<string, FieldType>([
    ...Object.entries(form?.fields ?? {}).map(([column, { type }]) => [column, type] as const),
    ...(form?.keeps === 'original' ? [[ORIGINAL, 'json'] as const] : []),
    [TIMES_SEEN, 'int64'],
  ]);
}

/** Rows of an export as rows with the columns of a map; what is of another kind is reported and left out. */
export async function* mapRows(
  rows: AsyncIterable<RawRow>,
  map: TableMap,
  { format }: TableFile,
  types: ReadonlyMap<string, FieldType>,
  problems: TableProblems,
): AsyncIterable<RawRow> {
  const form = formOf(map, format)!;
  for await (const row of rows) {
    const known = form.fault?.(row.values);
    if (known !== undefined && known !== null) {
      problems.add(row.place, known);
      continue;
    }
    for (const record of recordsOf(form, row)) {
      const missing = format === 'csv' ? [] : missingInRecord(form, record.values);
      if (missing.length === 0) {
        yield mapRecord(record, form, format, types, problems);
        continue;
      }
      const other = otherMapFor(row);
      problems.add(record.place, misfit(map, foundIn(record.values, row), missing, other));
      // A file of another program says the same in each of its lines.
      if (other) return;
    }
  }
}

/** Whether a CSV file with these columns is one of the map's. */
export const fitsHeader = (map: TableMap, names: readonly string[]): boolean =>
  missingIn(map.csv!, (path) => names.includes(path)).length === 0;

/** What makes the header of a CSV file none of the map's, or null. */
export function faultOfHeader(map: TableMap, names: readonly string[]): string | null {
  const form = map.csv!;
  const missing = missingIn(form, (path) => names.includes(path));
  if (missing.length > 0)
    return misfit(
      map,
      `columns ${listed(names)}`,
      missing,
      mapThatFits('csv', (other) => missingIn(other, (path) => names.includes(path)).length === 0),
    );
  const clash = names.find(
    (name) =>
      (name === TIMES_SEEN || Object.hasOwn(form.fields, name)) && !(form.fields[name]?.from.includes(name) ?? false),
  );
  return clash === undefined
    ? null
    : `there is a column ${clash}, and map ${map.name} makes one of that name; give it another name in the file`;
}

const otherMapFor = (row: RawRow): TableMap | undefined =>
  mapThatFits('json', (form) =>
    Iterator.from(recordsOf(form, row)).some(({ values }) => missingInRecord(form, values).length === 0),
  );

function foundIn(record: Values, row: RawRow): string {
  const platform = valueAt(row.values, 'source_platform');
  const of = typeof platform === 'string' ? ` with source_platform ${shown(platform)}` : '';
  return `fields ${listed(Object.keys(record))}${of}`;
}

const recordsOf = (form: ExportForm, row: RawRow): Iterable<RawRow> => form.records?.(row) ?? [row];

const missingInRecord = (form: ExportForm, record: Values): string[] =>
  missingIn(form, (path) => valueAt(record, path) !== null);

const missingIn = ({ needs }: ExportForm, has: (path: string) => boolean): string[] =>
  needs.filter((paths) => !paths.some(has)).map((paths) => paths.join(' or '));

const misfit = (map: TableMap, found: string, missing: readonly string[], other: TableMap | undefined): string =>
  `found ${found}; map ${map.name} expects ${missing.join(', ')} too.${
    other ? ` Map ${other.name} fits: say map: ${other.name}` : ` It reads: ${map.summary}`
  }`;

function listed(names: readonly string[]): string {
  if (names.length === 0) return '(none)';
  const some = names.slice(0, SHOWN_NAMES).map((name) => (/^[\w.]+$/.test(name) ? name : shown(name)));
  return `${some.join(', ')}${names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : ''}`;
}

function mapRecord(
  { place, values }: RawRow,
  { fields, keeps }: ExportForm,
  format: TableFormat,
  types: ReadonlyMap<string, FieldType>,
  problems: TableProblems,
): RawRow {
  const mapped: Record<string, RawValue> = {};
  const used = new Set<string>();
  for (const [column, field] of Object.entries(fields)) {
    const { path, raw } = find(values, field, used);
    // A column that a CSV file doesn't have at all says nothing; JSON leaves out what is empty.
    const there = format !== 'csv' || field.from.some((name) => Object.hasOwn(values, name));
    mapped[column] = null;
    const value = raw === null ? (there ? (field.none ?? null) : null) : field.read ? field.read(raw, values) : raw;
    const type = types.get(column) ?? field.type;
    if (value !== undefined && convertValue(value, type, false) !== undefined) mapped[column] = value;
    else
      problems.add(
        place,
        `${path} is ${shown(raw)}, expected ${types.has(column) ? fieldTypeName(type) : (field.expects ?? fieldTypeName(type))}${path === column ? '' : ` for the column ${column}`}`,
      );
  }
  if (keeps === 'original') mapped[ORIGINAL] = values;
  else
    for (const [name, value] of Object.entries(values))
      if (!used.has(name) && !Object.hasOwn(mapped, name)) mapped[name] = value;
  return { place, values: mapped };
}

/** The first value on the field's paths. Every field looked into is used, since what stands there is in the column. */
function find(values: Values, { from }: MappedField, used: Set<string>) {
  for (const path of from) {
    const raw = valueAt(values, path);
    used.add(fieldOf(path));
    if (raw !== null) return { path, raw };
  }
  return { path: from[0]!, raw: null };
}
