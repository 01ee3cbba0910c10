import type { Digest } from '../manifests/digest.ts';
import type { Manifest } from '../manifests/manifest.ts';
import pMap from 'p-map';
import { parquetFiles, quoteText } from './parquet/sql-text.ts';
import type { RowReader } from './parquet/database.ts';
import { textIn } from './parquet/row-text.ts';
import { partitionOf } from './partition.ts';

interface Files {
  readonly database: RowReader;
  /** The local copy of a file. */
  readonly file: (digest: Digest) => Promise<string>;
}

/** The step that makes the rows of a version, with its name. */
export function sourceOf({ state }: Pick<Manifest, 'state'>) {
  const [name, step] = Object.entries(state.steps).find(([, each]) => each.source)!;
  return { name, step };
}

/**
 * The partition that holds a row; null where the version has no such row. A bucket is computed from the id. For days the
 * one in which TikTok gave out the id is looked into first, then all others at once: of each file, the column of ids alone.
 */
export async function findPartition(
  files: Files,
  manifest: Pick<Manifest, 'state'>,
  id: string,
): Promise<string | null> {
  // DuckDB's statements end at a NUL, and no id has one.
  if (id.includes('\0')) return null;
  const { partitions } = sourceOf(manifest).step;
  const buckets = bucketsIn(manifest.state.partition);
  const likely = buckets === null ? dayOf(id) : partitionOf({ by: 'id', buckets }, { id, values: {}, place: '' });
  if (likely !== null && partitions[likely]) {
    if ((await holding(files, [partitions[likely].values], id)) !== null) return likely;
    if (buckets !== null) return null;
  }
  const others = Object.entries(partitions).filter(([name]) => name !== likely);
  const values = others.map(([, snapshot]) => snapshot.values);
  const at = buckets === null ? await holding(files, values, id) : null;
  return at === null ? null : others[at]![0];
}

/** Which of these values files has the id, by its place; null where none has. */
async function holding(files: Files, values: readonly Digest[], id: string): Promise<number | null> {
  if (values.length === 0) return null;
  const paths = await pMap(values, files.file, { concurrency: 16 });
  const [found] = await files.database.rows(
    `SELECT filename FROM ${parquetFiles([...new Set(paths)], ', filename = true')} WHERE id = ${quoteText(id)} LIMIT 1`,
  );
  return found ? paths.indexOf(textIn(found, 'filename')) : null;
}

function bucketsIn(partition: Manifest['state']['partition']): number | null {
  const buckets =
    partition !== null && typeof partition === 'object' && 'buckets' in partition ? partition['buckets'] : null;
  return typeof buckets === 'number' ? buckets : null;
}

/** The upper 32 bits of a TikTok video's id are the second in which it was given out (within a minute of its `create_time`, measured on three). */
function dayOf(id: string): string | null {
  if (!/^\d{17,19}$/.test(id)) return null;
  return new Date(Number(BigInt(id) >> 32n) * 1000).toISOString().slice(0, 10);
}
