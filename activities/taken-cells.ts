import type { BlobStore } from '../manifests/blob-store.ts';
import type { RowReader } from '../datasets/parquet/database.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import type { KeyedRow } from './make-cells.ts';
import { cellKeysReader, type StepFiles, takenFrom } from './reusable-cells.ts';

/**
 * Which rows a run takes from these files, the first to be looked into first: those with a cell of exactly the wanted key.
 * `files` are the pair that all rows are taken from, where that is one.
 */
export async function takenCells(
  services: { readonly blobs: BlobStore; readonly database: RowReader },
  step: PlannedStep,
  wanted: readonly Pick<KeyedRow, 'id' | 'cellKey'>[],
  candidates: readonly StepFiles[],
): Promise<{ readonly ids: ReadonlySet<string>; readonly files: StepFiles | null }> {
  const keys = new Map(wanted.map(({ id, cellKey }) => [id, cellKey]));
  const read = cellKeysReader(services);
  const isTaken = takenFrom(step);
  const ids = new Set<string>();
  let files: StepFiles | null = null;
  for (const pair of candidates) {
    const fits = (await read(pair)).filter((cell) => keys.get(cell.id) === cell.cellKey && isTaken(cell));
    // A failed cell gives way to a better one of any other file.
    const isWhole = fits.length === keys.size && fits.every(({ status }) => status !== 'failed');
    if (ids.size === 0 && isWhole) files = pair;
    for (const { id } of fits) ids.add(id);
    if (ids.size === keys.size) break;
  }
  return { ids, files };
}
