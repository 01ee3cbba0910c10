import type { BlobStore } from '../manifests/blob-store.ts';
import { type Digest, hexOf } from '../manifests/digest.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { type Cell, NOT_SAMPLED } from '../datasets/cell.ts';
import { columnsFromJson } from '../datasets/column-type.ts';
import type { Database } from '../datasets/parquet/database.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { readCellKeys, readCells } from '../datasets/step-files.ts';

/** The two files of one step partition. */
interface StepFiles {
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

export const indexPrefix = ({ dataset, step }: Pick<Search, 'dataset' | 'step'>) =>
  `index/${dataset}/${hexOf(step.configuration)}/`;

/** Notes where cells of a step configuration are found. One small object a pair of files: no writer waits for another. */
export const addToIndex = (search: Pick<Search, 'store' | 'dataset' | 'step'>, partition: string, files: StepFiles) =>
  search.store.put(
    `${indexPrefix(search)}${partition}/${hexOf(files.values)}-${hexOf(files.provenance)}`,
    Buffer.from('{}'),
  );

/** Pairs of files that hold earlier cells of this configuration, the newest first; all partitions when none is given. */
async function indexed(search: Search, partition: string | null): Promise<StepFiles[]> {
  const found: { files: StepFiles; modified: Date }[] = [];
  for await (const { key, modified } of search.store.list(
    indexPrefix(search) + (partition === null ? '' : `${partition}/`),
  )) {
    const [values, provenance] = key.slice(key.lastIndexOf('/') + 1).split('-');
    found.push({ files: { values: `sha256:${values}`, provenance: `sha256:${provenance}` }, modified });
  }
  return found.toSorted((a, b) => b.modified.getTime() - a.modified.getTime()).map(({ files }) => files);
}

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
  const asksAgain = (code: string | null) =>
    search.step.askAgain.includes('*') || (code !== null && search.step.askAgain.includes(code));

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
      return status === 'failed' && failed.has(id) && !asksAgain(errorCode) ? [] : [id];
    });
    if (ids.length === 0) return;
    for (const cell of await readCells(
      search.database,
      paths,
      columns,
      ids.length === known.length ? undefined : ids,
    )) {
      if (cell.status !== 'failed') found.set(cell.id, cell);
      else if (cell.run !== search.run && asksAgain(cell.errorCode))
        askAgain.set(cell.id, [...(askAgain.get(cell.id) ?? []), cell]);
      else failed.set(cell.id, cell);
    }
  };

  for (const files of first) await look(files);
  for (const partition of partitions) {
    if (found.size === wanted.size) break;
    for (const files of await indexed(search, partition)) await look(files);
  }
  for (const [id, cell] of failed) if (!found.has(id)) found.set(id, cell);
  return { reusable: found, askAgain };
}
