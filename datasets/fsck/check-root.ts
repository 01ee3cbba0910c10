import type { Digest } from '../../manifests/digest.ts';
import { merkleRoot, rowLeaf } from '../../manifests/merkle-tree.ts';
import { canonicalRow } from '../canonical-row.ts';
import { type ColumnJson, columnsFromJson, text } from '../column-type.ts';
import type { RowReader } from '../parquet/database.ts';
import { readParquet } from '../parquet/read-parquet.ts';
import { textIn } from '../parquet/row-text.ts';
import { readValues } from '../step-files.ts';
import type { NamedTable } from './named-objects.ts';

/** The Merkle root over a table's rows, from its file and that of the salts. */
export async function rootOf(
  database: RowReader,
  { step, columns: json }: Pick<NamedTable, 'step' | 'columns'>,
  paths: { readonly values: string; readonly salts: string },
): Promise<Digest> {
  const salted = await readParquet(database, paths.salts, { id: text(), salt: text() });
  const salts = new Map(salted.map((row) => [textIn(row, 'id'), Buffer.from(textIn(row, 'salt'), 'hex')]));
  const columns = columnsFromJson(json as readonly ColumnJson[]);
  const rows = await readValues(database, paths.values, columns);
  // Without its salt a row has no leaf: the root is another then.
  return merkleRoot(
    rows.map((row) => rowLeaf(salts.get(row.id) ?? new Uint8Array(), step, canonicalRow(columns, row))),
  );
}
