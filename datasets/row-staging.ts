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
  /** Why it has no values, for a row that could not be had. */
  readonly failure?: { readonly status: 'skipped' | 'failed'; readonly code: string; readonly message: string | null };
  /** Carried on from the parent version as it is, with the provenance that it has there. */
  readonly carried?: boolean;
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
 * by the buffers and the largest partition. Of rows with the same id the last counts when `repeats` says so, else they
 * throw `DuplicateIdError`. Disposing removes the temporary files.
 */
export async function stageRows(
  rows: AsyncIterable<StagedRow>,
  partitionOf: (row: StagedRow) => string,
  { folder, repeats = 'refuse' }: { readonly folder: string; readonly repeats?: 'refuse' | 'last' },
): Promise<StagedRows> {
  const own = await mkdtemp(join(folder, 'rows-'));
  const spill = new SpillFile<Placed>(join(own, 'rows'), ROW_BUFFER_BYTES);
  let last: ReadonlyMap<string, number> = new Map();
  const close = async () => {
    await spill[Symbol.asyncDispose]();
    await rm(own, { recursive: true, force: true });
  };
  try {
    last = await takeIn(rows, partitionOf, spill, { path: join(own, 'ids'), repeats });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    partitions: spill.buckets.toSorted(compareIds),
    rowsOf: async (partition) => {
      const placed = await spill.items(partition);
      const counting = placed.filter(({ row: { id }, number }) => (last.get(id) ?? number) === number);
      return counting.map(({ row }) => row).toSorted((a, b) => compareIds(a.id, b.id));
    },
    [Symbol.asyncDispose]: close,
  };
}

/** A row with its number in the order in which rows came in. */
interface Placed {
  readonly row: StagedRow;
  readonly number: number;
}

/** Gives, for each id that came several times, the number of the row that counts. */
async function takeIn(
  rows: AsyncIterable<StagedRow>,
  partitionOf: (row: StagedRow) => string,
  spill: SpillFile<Placed>,
  { path, repeats }: { readonly path: string; readonly repeats: 'refuse' | 'last' },
): Promise<ReadonlyMap<string, number>> {
  await using ids = new SpillFile<[id: string, place: string, number: number]>(path, ID_BUFFER_BYTES);
  let number = 0;
  for await (const { id, values, place, failure, carried } of rows) {
    const row = { id, values, place, ...(failure && { failure }), ...(carried && { carried }) };
    await spill.add(partitionOf(row), { row, number }, valueSize(values) + id.length + place.length);
    await ids.add(bucketOf(id), [id, place, number], id.length + place.length + 8);
    number += 1;
  }
  const last = new Map<string, number>();
  let count = 0;
  let shown: Duplicate[] = [];
  for (const bucket of ids.buckets) {
    const found = [...Map.groupBy(await ids.items(bucket), ([id]) => id)].filter(([, rowsOfId]) => rowsOfId.length > 1);
    for (const [id, rowsOfId] of found) last.set(id, rowsOfId.at(-1)![2]);
    count += found.length;
    const duplicates = found.map(([id, rowsOfId]) => ({ id, places: rowsOfId.map(([, place]) => place) }));
    shown = [...shown, ...duplicates].toSorted((a, b) => compareIds(a.id, b.id)).slice(0, SHOWN);
  }
  if (count > 0 && repeats === 'refuse') throw new DuplicateIdError(shown, count);
  return last;
}

const bucketOf = (id: string): string => String(createHash('sha256').update(id).digest()[0]! % ID_BUCKETS);
