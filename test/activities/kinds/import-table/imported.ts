import type { CellValue } from '../../../../datasets/column-type.ts';
import { typeName } from '../../../../datasets/column-type.ts';
import { importTable } from '../../../../activities/kinds/import-table.ts';
import type { SourceRow } from '../../../../activities/step-kind.ts';

export interface Imported {
  /** Types by column, in order. */
  readonly columns: { readonly [name: string]: string };
  readonly rows: readonly SourceRow[];
}

/** What `import/table` makes of files in a folder: the columns it says before a run, and the rows of the run. */
export async function imported(folder: string, declared: Record<string, unknown>): Promise<Imported> {
  const params = importTable.params.parse(declared);
  const columns = await importTable.inspect!(params, folder);
  const rows = await Array.fromAsync(importTable.rows!(params, folder, columns, new AbortController().signal));
  return { columns: Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, typeName(type)])), rows };
}

/** The values of one column, by row. */
export const column = ({ rows }: Imported, name: string): CellValue[] => rows.map(({ values }) => values[name]!);
