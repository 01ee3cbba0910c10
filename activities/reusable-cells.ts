import type { BlobStore } from '../manifests/blob-store.ts';
import { type Digest, hexOf } from '../manifests/digest.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { type Cell, NOT_SAMPLED } from '../datasets/cell.ts';
import { columnsFromJson } from '../datasets/column-type.ts';
import type { Database, RowReader } from '../datasets/parquet/database.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { readCellKeys, readCells } from '../datasets/step-files.ts';

/** The two files of one step partition. */
export interface StepFiles {
  readonly values: Digest;
  readonly provenance: Digest;
}

interface Search {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly database: Database;
  readonly dataset: string;
  readonly step: PlannedStep;
  /** A cell that failed in this very run was asked again already. */
  readonly run: string;
}

const indexPrefix = ({ dataset, step }: Pick<Search, 'dataset' | 'step'>) =>
  `index/${dataset}/${hexOf(step.configuration)}/`;

/** Notes where cells of a step configuration are found. One small object a pair of files: no writer waits for another. */
export const addToIndex = (search: Pick<Search, 'store' | 'dataset' | 'step'>, partition: string, files: StepFiles) =>
  search.store.put(
    `${indexPrefix(search)}${partition}/${hexOf(files.values)}-${hexOf(files.provenance)}`,
    Buffer.from('{}'),
  );

/** Pairs of files that hold earlier cells of a configuration, the newest first; of all partitions when none is given. */
export async function indexedFiles(
  store: Pick<ObjectStore, 'list'>,
  search: Pick<Search, 'dataset' | 'step'>,
  partition: string | null,
): Promise<{ readonly partition: string; readonly files: StepFiles }[]> {
  const found: { partition: string; files: StepFiles; modified: Date }[] = [];
  const prefix = indexPrefix(search);
  for await (const { key, modified } of store.list(prefix + (partition === null ? '' : `${partition}/`))) {
    const slash = key.lastIndexOf('/');
    const [values, provenance] = key.slice(slash + 1).split('-');
    const files: StepFiles = { values: `sha256:${values}`, provenance: `sha256:${provenance}` };
    found.push({ partition: key.slice(prefix.length, slash), files, modified });
  }
  return found.toSorted((a, b) => b.modified.getTime() - a.modified.getTime());
}

/** Reads the keys of the cells in a pair of files; none where they are gone. */
export const cellKeysReader =
  ({ blobs, database }: { readonly blobs: BlobStore; readonly database: RowReader }) =>
  async ({ values, provenance }: StepFiles) =>
    (await blobs.has(values)) && (await blobs.has(provenance))
      ? await readCellKeys(database, { values: await blobs.file(values), provenance: await blobs.file(provenance) })
      : [];

export type CellKeysReader = ReturnType<typeof cellKeysReader>;

/** Whether an earlier cell is one to take: not one that is asked again, nor one that nobody has asked about. */
export const takenFrom =
  ({ askAgain }: Pick<PlannedStep, 'askAgain'>) =>
  ({ status, errorCode }: Pick<Cell, 'status' | 'errorCode'>): boolean =>
    errorCode !== NOT_SAMPLED &&
    !(status === 'failed' && (askAgain.includes('*') || (errorCode !== null && askAgain.includes(errorCode))));

/** What earlier versions and runs have for the wanted keys. */
export interface EarlierCells {
  readonly reusable: Map<string, Cell>;
  /** Cells that failed with a code that is asked again, by row id: as many as there are. */
  readonly askAgain: ReadonlyMap<string, readonly Cell[]>;
}

/**
 * Earlier cells with exactly the wanted keys, by row id: first in the given files, then in `partitions` of the index
 * (null: wherever it leads). A failed cell is taken only when nothing better is found, and never when its code is asked
 * again; one that a pilot left out never, since nobody has asked about it. The index may name files that are gone: those are passed over.
 */
export async function findReusableCells(
  search: Search,
  wanted: ReadonlyMap<string, Digest>,
  first: readonly StepFiles[],
  partitions: readonly (string | null)[],
): Promise<EarlierCells> {
  const found = new Map<string, Cell>();
  const askAgain = new Map<string, Cell[]>();
  const failed = new Map<string, Cell>();
  const seen = new Set<string>();
  const columns = columnsFromJson(search.step.columns);
  const isTaken = takenFrom(search.step);

  const look = async (files: StepFiles) => {
    if (seen.has(files.provenance + files.values) || found.size === wanted.size) return;
    seen.add(files.provenance + files.values);
    if (!(await search.blobs.has(files.provenance)) || !(await search.blobs.has(files.values))) return;
    const paths = {
      values: await search.blobs.file(files.values),
      provenance: await search.blobs.file(files.provenance),
    };
    const known = await readCellKeys(search.database, paths);
    const ids = known.flatMap(({ id, cellKey, status, errorCode }) => {
      if (wanted.get(id) !== cellKey || found.has(id) || errorCode === NOT_SAMPLED) return [];
      return status === 'failed' && failed.has(id) && isTaken({ status, errorCode }) ? [] : [id];
    });
    if (ids.length === 0) return;
    for (const cell of await readCells(
      search.database,
      paths,
      columns,
      ids.length === known.length ? undefined : ids,
    )) {
      if (cell.status !== 'failed') found.set(cell.id, cell);
      else if (cell.run !== search.run && !isTaken(cell))
        askAgain.set(cell.id, [...(askAgain.get(cell.id) ?? []), cell]);
      else failed.set(cell.id, cell);
    }
  };

  for (const files of first) await look(files);
  for (const partition of partitions) {
    if (found.size === wanted.size) break;
    for (const { files } of await indexedFiles(search.store, search, partition)) await look(files);
  }
  for (const [id, cell] of failed) if (!found.has(id)) found.set(id, cell);
  return { reusable: found, askAgain };
}
