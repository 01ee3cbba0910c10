import { hasNoJson } from './convert-value.ts';
import { type FieldType } from './field-type.ts';
import { ColumnSight } from './infer-type.ts';
import { KNOWN_FIELDS } from './known-fields.ts';
import { mappedTypes } from './map-rows.ts';
import { readTable } from './read-table.ts';
import { rowId } from './row-id.ts';
import type { TableFile } from './table-files.ts';
import type { TableMap } from './table-map.ts';
import { TableProblems, UnusableTableError } from './table-problems.ts';

/** A column of the files and what becomes of it. */
export interface TableColumn {
  /** Its name in the files. */
  readonly from: string;
  /** Its name in the dataset. */
  readonly name: string;
  readonly type: FieldType;
}

export interface TableRequest {
  readonly id: string;
  /** What makes other rows of those in the files: then all names are those of its columns. */
  readonly map?: TableMap | undefined;
  readonly delimiter: string | undefined;
  /** Declared types by the names in the files. */
  readonly types: ReadonlyMap<string, FieldType>;
  readonly rename: ReadonlyMap<string, string>;
}

/** Objects whose keys are data, such as ids, have as many columns as rows. */
const MOST_COLUMNS = 2000;
const TOO_MANY_COLUMNS = `the rows have more than ${MOST_COLUMNS} different fields; each row needs the same few`;

/** Names that every table of a step has of its own. */
const RESERVED = ['id', 'status', 'error_code'];

/**
 * The columns of the files, over all of their rows. Those of the Research API stand first in its order and the others by
 * name, so that a new file of the same fields leaves the old partitions as they are.
 */
export async function inspectTable(
  files: readonly TableFile[],
  request: TableRequest,
): Promise<readonly TableColumn[]> {
  const { id, map, types } = request;
  const mapped = map ? mappedTypes(map, files[0]!.format) : new Map<string, FieldType>();
  const problems = new TableProblems();
  const sights = new Map<string, ColumnSight>();
  const lexical = files[0]!.format === 'csv';
  const sightOf = (column: string): ColumnSight => {
    const sight = sights.get(column) ?? new ColumnSight(lexical, KNOWN_FIELDS.get(column));
    sights.set(column, sight);
    if (sights.size > MOST_COLUMNS)
      throw new UnusableTableError([{ place: files[0]!.name, message: TOO_MANY_COLUMNS }], 1);
    return sight;
  };
  const hint = (column: string, type: FieldType) => void (sightOf(column).hint = type);
  for await (const row of readTable(files, { ...request, problems, hint })) {
    rowId(row, id, problems);
    for (const column in row.values) {
      const value = row.values[column]!;
      if (hasNoJson(value))
        problems.add(row.place, `${column} has a number that is none (NaN) or too large; write null`);
      if (!mapped.has(column)) sightOf(column).see(value, row.place);
    }
  }
  const found = [
    ...[...mapped].map(([from, type]) => [from, types.get(from) ?? type] as const),
    ...[...sights].map(([from, sight]) => [from, decide(from, sight, types, problems)] as const),
  ].filter(([from]) => from !== id);
  const columns = found.map(([from, type]): TableColumn => ({ from, name: request.rename.get(from) ?? from, type }));
  for (const [from, type] of types)
    if (!found.some(([name]) => name === from)) columns.push(...absent(from, type, request, files, problems));
  checkNames(columns, request, files[0]!.name, problems);
  problems.throwIfAny();
  return columns.toSorted(byPlace);
}

function decide(
  column: string,
  sight: ColumnSight,
  types: ReadonlyMap<string, FieldType>,
  problems: TableProblems,
): FieldType {
  const type = types.get(column) ?? sight.type();
  if (type !== null) return type;
  problems.add(
    sight.hugeAt!,
    `${column} has an integer of more than 64 bits; declare it as text: columns: { ${column}: text }`,
  );
  return 'text';
}

/** JSON leaves empty fields out, so a declared column may be nowhere; other files name all of theirs. */
function absent(
  from: string,
  type: FieldType,
  { id, rename }: TableRequest,
  files: readonly TableFile[],
  problems: TableProblems,
): TableColumn[] {
  if (from === id) problems.add('columns', `${from} is the id, which is text always`);
  else if (!files[0]!.format.startsWith('json'))
    problems.add('columns', `${from} is declared, but no file has a column of that name`);
  return [{ from, name: rename.get(from) ?? from, type }];
}

function checkNames(
  columns: readonly TableColumn[],
  { rename, id }: TableRequest,
  place: string,
  problems: TableProblems,
): void {
  const seen = new Map<string, string>();
  for (const { from, name } of columns) {
    const key = name.toLowerCase();
    const twin = seen.get(key);
    const advice = `give it another name: rename: { ${/^\w+$/.test(from) ? from : JSON.stringify(from)}: … }`;
    if (RESERVED.includes(key))
      problems.add(place, `a column is called ${name}, as one that every table has of its own; ${advice}`);
    else if (twin !== undefined)
      problems.add(place, `the columns ${twin} and ${from} would have one name in SQL; ${advice}`);
    else if (/\p{Cc}/u.test(name) || name.trim() === '' || name === '__proto__')
      problems.add(place, `no column can be called ${JSON.stringify(name)}; ${advice}`);
    seen.set(key, from);
  }
  for (const from of rename.keys())
    if (from === id || !columns.some((column) => column.from === from))
      problems.add('rename', `no file has a column ${from} to rename`);
}

const PLACES = new Map([...KNOWN_FIELDS.keys()].map((name, place) => [name, place]));

function byPlace(a: TableColumn, b: TableColumn): number {
  const known = (PLACES.get(a.from) ?? PLACES.size) - (PLACES.get(b.from) ?? PLACES.size);
  return known === 0 ? (a.name < b.name ? -1 : 1) : known;
}
