import pMap from 'p-map';
import { jsonAt } from '../datasets/declaration/json-object.ts';
import { type Database, openDatabase } from '../datasets/parquet/database.ts';
import { parquetFiles } from '../datasets/parquet/sql-text.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import type { Json } from '../manifests/canonical-json.ts';
import type { Manifest } from '../manifests/manifest.ts';

/** Rows that were to be asked for again by now, as `retention` in the declaration says. */
export interface OverdueRows {
  readonly step: string;
  readonly refreshDays: number;
  readonly rows: number;
  /** Asked for at an API, which can be asked again; else somebody's export has to be made anew. */
  readonly collected: boolean;
}

const DAY_S = 86_400;

/** Null where nothing is declared, or nothing was observed. */
export async function overdueRows(
  { blobs }: { readonly blobs: BlobStore },
  { state }: Pick<Manifest, 'state'>,
  nowMs: number,
): Promise<OverdueRows | null> {
  const refreshDays = refreshDaysOf(state.declaration);
  const [name, source] = Object.entries(state.steps).find(([, step]) => step.source) ?? [];
  if (refreshDays === null || name === undefined || !source?.columns.some((column) => column.name === 'observed_at'))
    return null;
  const files = await pMap(Object.values(source.partitions), ({ values }) => blobs.file(values), { concurrency: 8 });
  const isThere = source.columns.some((column) => column.name === 'deleted_at') ? ' AND deleted_at IS NULL' : '';
  const before = Math.floor(nowMs / 1000) - refreshDays * DAY_S;
  const rows = files.length === 0 ? 0 : await count(`${parquetFiles(files)} WHERE observed_at < ${before}${isThere}`);
  return { step: name, refreshDays, rows, collected: source.collection !== undefined };
}

async function count(from: string): Promise<number> {
  using database: Database = await openDatabase({ threads: 1 });
  const [row] = await database.rows(`SELECT count(*) AS rows FROM ${from}`);
  return Number(row?.['rows']);
}

function refreshDaysOf(declaration: Json): number | null {
  const days = jsonAt(declaration, ['retention', 'refresh_days']);
  return typeof days === 'number' ? days : null;
}
