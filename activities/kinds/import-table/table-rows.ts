import { type CellValue, type Columns, typeName } from '../../../datasets/column-type.ts';
import type { SourceRow } from '../../step-kind.ts';
import { convertValue } from './convert-value.ts';
import { type FieldType, fieldTypeName, toColumnType } from './field-type.ts';
import type { TableColumn, TableRequest } from './inspect-table.ts';
import { mappedTypes } from './map-rows.ts';
import { newestRows } from './newest-rows.ts';
import type { RawRow } from './raw-value.ts';
import { readTable } from './read-table.ts';
import { rowId } from './row-id.ts';
import type { TableFile } from './table-files.ts';
import { shown, TableProblems, UnusableTableError } from './table-problems.ts';

/**
 * The rows of the files with their values in the types of the columns. Throws after the last row when there were
 * problems: then nothing of them may be used.
 */
export async function* tableRows(
  files: readonly TableFile[],
  request: TableRequest,
  columns: readonly TableColumn[],
  signal: AbortSignal,
): AsyncIterable<SourceRow> {
  const problems = new TableProblems();
  const { format } = files[0]!;
  // What a map makes has its type already; in CSV all the rest comes as text.
  const typed = request.map ? mappedTypes(request.map, format) : new Map<string, FieldType>();
  const lexical = (column: string) => format === 'csv' && !typed.has(column);
  const read = () => readTable(files, { ...request, problems });
  for await (const row of request.map ? newestRows(read, request.id, problems, signal) : read()) {
    signal.throwIfAborted();
    const id = rowId(row, request.id, problems);
    const values = convertRow(row, columns, lexical, problems);
    if (id !== null && problems.count === 0) yield { id, values, place: row.place };
  }
  problems.throwIfAny();
}

function convertRow(
  { place, values }: RawRow,
  columns: readonly TableColumn[],
  lexical: (column: string) => boolean,
  problems: TableProblems,
): SourceRow['values'] {
  const converted: Record<string, CellValue> = {};
  for (const { from, name, type } of columns) {
    const raw = Object.hasOwn(values, from) ? values[from]! : null;
    const value = convertValue(raw, type, lexical(from));
    if (value === undefined) problems.add(place, `${from} is ${shown(raw)}, expected ${fieldTypeName(type)}`);
    else converted[name] = value;
  }
  return converted;
}

/** Throws when the files have other columns than those a run was planned with. */
export function checkPlanned(planned: Columns, found: readonly TableColumn[], place: string): void {
  const now = new Map(found.map(({ name, type }) => [name, typeName(toColumnType(type))]));
  const changed = [
    ...Object.entries(planned).flatMap(([name, type]) => (now.get(name) === typeName(type) ? [] : [name])),
    ...[...now.keys()].filter((name) => !Object.hasOwn(planned, name)),
  ];
  if (changed.length > 0)
    throw new UnusableTableError(
      [
        {
          place,
          message: `the files changed after the run was planned: other types or names of ${changed.join(', ')}. Run again.`,
        },
      ],
      1,
    );
}
