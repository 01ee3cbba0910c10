import pMap from 'p-map';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { PartitionSnapshot } from '../../manifests/manifest.ts';
import { NOT_SAMPLED } from '../cell.ts';
import type { Database } from '../parquet/database.ts';
import { parquetFiles, quoteText } from '../parquet/sql-text.ts';
import { type ColumnPair, difference, differs } from './column-pair.ts';
import type { StepPair } from './pair-steps.ts';

/** Where versions are read from, and the database that compares them; its tables are the comparison's own. */
export interface DiffTools {
  readonly blobs: Pick<BlobStore, 'file'>;
  readonly database: Database;
}

/** Local paths of the files of one step, in the order in which SQL numbers them. */
export interface StepFiles {
  readonly values: readonly string[];
  /** Fetched only when they are asked for. */
  provenance(): Promise<string[]>;
}

/**
 * Table of the rows of a step that are in both versions and differ in a compared column or in their outcome. It has for the
 * pair number n `c_n`, true where the values differ, and `d_n`, the difference of numbers; for the outcome
 * `status_differs`, and `c_outcome`, which counts the code of a failure too. `file_a` and `file_b` say where the row is.
 */
export interface ChangedRows {
  readonly pair: StepPair;
  readonly columns: readonly ColumnPair[];
  /** Null when no row can have changed: then nothing was read. */
  readonly table: string | null;
  readonly before: StepFiles;
  readonly after: StepFiles;
}

export async function findChangedRows(
  { blobs, database }: DiffTools,
  {
    pair,
    columns,
    renamed,
  }: { readonly pair: StepPair; readonly columns: readonly ColumnPair[]; readonly renamed: boolean },
  { table, ids }: { readonly table: string; readonly ids: readonly string[] | null },
): Promise<ChangedRows> {
  const sides = renamed ? allFiles(pair) : differingFiles(pair);
  // Rows that are in both versions stand in files of both sides, or in a file that both have.
  if (sides.before.length === 0 || sides.after.length === 0)
    return { pair, columns, table: null, before: NO_FILES, after: NO_FILES };
  const [before, after] = await Promise.all([fetchFiles(blobs, sides.before), fetchFiles(blobs, sides.after)]);
  const changed = columns.map(differs);
  const selected = [
    'a.id AS id',
    'a.file_index AS file_a',
    'b.file_index AS file_b',
    "coalesce(a.status = 'failed', false) AS failed_before",
    `coalesce(a.error_code = ${quoteText(NOT_SAMPLED)} OR b.error_code = ${quoteText(NOT_SAMPLED)}, false) AS not_sampled`,
    `${STATUS_DIFFERS} AS status_differs`,
    `${OUTCOME_DIFFERS} AS c_outcome`,
    ...changed.map((sql, index) => `${sql} AS c_${index}`),
    ...columns.flatMap((column, index) => {
      const moved = difference(column);
      return moved === null ? [] : [`${moved} AS d_${index}`];
    }),
  ];
  await database.run(
    `CREATE TABLE ${table} AS SELECT ${selected.join(', ')} FROM ${parquetFiles(before.values)} a ` +
      `JOIN ${parquetFiles(after.values)} b ON a.id = b.id WHERE (${[OUTCOME_DIFFERS, ...changed].join(' OR ')})${onlyIds(ids)}`,
  );
  return { pair, columns, table, before, after };
}

const NO_FILES: StepFiles = { values: [], provenance: async () => [] };
const STATUS_DIFFERS = '(a.status IS DISTINCT FROM b.status)';
const OUTCOME_DIFFERS = `(${STATUS_DIFFERS} OR a.error_code IS DISTINCT FROM b.error_code)`;

const onlyIds = (ids: readonly string[] | null) =>
  ids === null ? '' : ` AND a.id IN (${ids.map(quoteText).join(', ')})`;

/** Snapshots of the partitions whose values are in one version only: what both have, under whatever name, is not read. */
export function differingFiles({ before, after }: StepPair): {
  readonly before: PartitionSnapshot[];
  readonly after: PartitionSnapshot[];
} {
  const [old, now] = [before, after].map(({ state }) => Object.values(state.partitions));
  const without = (snapshots: readonly PartitionSnapshot[], others: readonly PartitionSnapshot[]) => {
    const digests = new Set<Digest>(others.map(({ values }) => values));
    return snapshots.filter(({ values, rows }) => rows > 0 && !digests.has(values));
  };
  return { before: without(old!, now!), after: without(now!, old!) };
}

const allFiles = ({ before, after }: StepPair) => ({
  before: Object.values(before.state.partitions),
  after: Object.values(after.state.partitions),
});

/** The values files on this machine. */
export async function fetchFiles(
  blobs: DiffTools['blobs'],
  snapshots: readonly PartitionSnapshot[],
): Promise<StepFiles> {
  const fetch = (digests: readonly Digest[]) => pMap(digests, (digest) => blobs.file(digest), { concurrency: 16 });
  return {
    values: await fetch(snapshots.map(({ values }) => values)),
    provenance: () => fetch(snapshots.map(({ provenance }) => provenance)),
  };
}
