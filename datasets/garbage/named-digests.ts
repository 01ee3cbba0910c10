import { type Digest, isDigest } from '../../manifests/digest.ts';
import type { RowReader } from '../parquet/database.ts';
import { textIn } from '../parquet/row-text.ts';
import { parquetFiles, quoteName } from '../parquet/sql-text.ts';

const DIGEST = /sha256:[0-9a-f]{64}(?![0-9a-f])/g;

/** All digests that a text names, such as a JSON document. */
export const digestsInText = (text: string): Digest[] => [...(text.match(DIGEST) ?? [])].filter(isDigest);

/**
 * Digests that columns of Parquet files name: text, or lists or structs of text. Files of one call have the same columns;
 * `all` looks at every column, for a file of which no declaration is known. Columns that aren't there name none.
 */
export async function digestsInFiles(
  database: RowReader,
  paths: readonly string[],
  columns: readonly string[] | 'all',
): Promise<Digest[]> {
  if (paths.length === 0) return [];
  const from = parquetFiles(paths);
  const described = await database.rows(`SELECT column_name AS name FROM (DESCRIBE SELECT * FROM ${from})`);
  const there = described.map((row) => textIn(row, 'name'));
  const looked = columns === 'all' ? there : there.filter((name) => columns.includes(name));
  const parts = looked.map(
    (name) =>
      `SELECT unnest(regexp_extract_all(${quoteName(name)}::VARCHAR, 'sha256:[0-9a-f]{64}')) AS digest FROM ${from}`,
  );
  if (parts.length === 0) return [];
  const rows = await database.rows(`SELECT DISTINCT digest FROM (${parts.join(' UNION ALL ')})`);
  return rows.flatMap(({ digest }) => (isDigest(digest) ? [digest] : []));
}
