import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GettokError } from '../manifests/gettok-error.ts';
import type { CellValue } from './column-type.ts';
import { compareIds } from './compare-ids.ts';
import { SpillFile } from './spill-file.ts';
import { valueSize } from './value-size.ts';

/** A row as a source gives it; `place` says where it stands, such as `data/videos.jsonl:12`. */
export interface StagedRow {
  readonly id: string;
  readonly values: { readonly [column: string]: CellValue };
  readonly place: string;
}

export interface StagedRows extends AsyncDisposable {
  /** Partitions that have rows, in order. */
  readonly partitions: readonly string[];
  /** Rows of one partition, sorted by id. */
  rowsOf(partition: string): Promise<StagedRow[]>;
}

export interface Duplicate {
  readonly id: string;
  /** All places where the id stands, in the order in which they were read. */
  readonly places: readonly string[];
}

const SHOWN = 20;
/** What waits in memory before it goes to the temporary file. */
const ROW_BUFFER_BYTES = 16 * 1024 * 1024;
const ID_BUFFER_BYTES = 8 * 1024 * 1024;
/** Ids are compared bucket by bucket: of ten million, some 40,000 are in memory at a time. */
const ID_BUCKETS = 256;

/** Ids that stand in more than one row. */
export class DuplicateIdError extends GettokError {
  override readonly name = 'DuplicateIdError';
  /** The first 20. */
  readonly duplicates: readonly Duplicate[];
  readonly count: number;
  constructor(duplicates: readonly Duplicate[], count: number) {
    const lines = duplicates.map(({ id, places }) => `  ${id}  at ${places.join(' and ')}`);
    const more = count > duplicates.length ? [`  … and ${count - duplicates.length} more`] : [];
    super(
      [
        `${count === 1 ? 'An id stands' : `${count} ids stand`} in more than one row; each row of a dataset has its own:`,
        ...lines,
        ...more,
        'Remove the rows that are too many, or name another column as id.',
      ].join('\n'),
    );
    this.duplicates = duplicates;
    this.count = count;
  }
}

/**
 * Takes in all rows of a source, in any order and of any total size, and gives them back by partition. Memory is bounded
 * by the buffers and the largest partition. Throws `DuplicateIdError`; disposing removes the temporary files.
 */
export async function stageRows(
  rows: AsyncIterable<StagedRow>,
  partitionOf: (row: StagedRow) => string,
  { folder }: { readonly folder: string },
): Promise<StagedRows> {
  const own = await mkdtemp(join(folder, 'rows-'));
  const spill = new SpillFile<StagedRow>(join(own, 'rows'), ROW_BUFFER_BYTES);
  const close = async () => {
    await spill[Symbol.asyncDispose]();
    await rm(own, { recursive: true, force: true });
  };
  try {
    await takeIn(rows, partitionOf, spill, join(own, 'ids'));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    partitions: spill.buckets.toSorted(compareIds),
    rowsOf: async (partition) => (await spill.items(partition)).toSorted((a, b) => compareIds(a.id, b.id)),
    [Symbol.asyncDispose]: close,
  };
}

async function takeIn(
  rows: AsyncIterable<StagedRow>,
  partitionOf: (row: StagedRow) => string,
  spill: SpillFile<StagedRow>,
  idsPath: string,
): Promise<void> {
  await using ids = new SpillFile<[id: string, place: string]>(idsPath, ID_BUFFER_BYTES);
  for await (const { id, values, place } of rows) {
    const row = { id, values, place };
    await spill.add(partitionOf(row), row, valueSize(values) + id.length + place.length);
    await ids.add(bucketOf(id), [id, place], id.length + place.length + 8);
  }
  let count = 0;
  let shown: Duplicate[] = [];
  for (const bucket of ids.buckets) {
    const found = [...Map.groupBy(await ids.items(bucket), ([id]) => id)].filter(([, rowsOfId]) => rowsOfId.length > 1);
    count += found.length;
    const duplicates = found.map(([id, rowsOfId]) => ({ id, places: rowsOfId.map(([, place]) => place) }));
    shown = [...shown, ...duplicates].toSorted((a, b) => compareIds(a.id, b.id)).slice(0, SHOWN);
  }
  if (count > 0) throw new DuplicateIdError(shown, count);
}

const bucketOf = (id: string): string => String(createHash('sha256').update(id).digest()[0]! % ID_BUCKETS);
