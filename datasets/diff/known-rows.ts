import { textIn } from '../parquet/row-text.ts';
import { parquetFiles, quoteText } from '../parquet/sql-text.ts';
import { type DiffTools, fetchFiles } from './changed-rows.ts';
import { UnknownRowError } from './diff-scope.ts';
import type { NamedStep } from './pair-steps.ts';

/** Throws when one of the ids is in none of the sources. Asked only for ids of which no difference was found. */
export async function expectRows(
  { blobs, database }: DiffTools,
  sources: readonly NamedStep[],
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const snapshots = sources.flatMap(({ state }) => Object.values(state.partitions));
  const { values } = await fetchFiles(blobs, [...new Map(snapshots.map((one) => [one.values, one])).values()]);
  const found =
    values.length === 0
      ? []
      : await database.rows(
          `SELECT DISTINCT id FROM ${parquetFiles(values)} WHERE id IN (${ids.map(quoteText).join(', ')})`,
        );
  const known = new Set(found.map((row) => textIn(row, 'id')));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0)
    throw new UnknownRowError(
      `Neither version has a row ${missing.map((id) => `"${id}"`).join(', ')}. See the ids there are with: gettok query "select id from dataset"`,
    );
}
