import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import type { KeyedRow } from './make-cells.ts';
import { type CellKeysReader, type StepFiles, takenFrom } from './reusable-cells.ts';

/**
 * Which rows a run takes from these files, the first to be looked into first: those with a cell of exactly the wanted key.
 * `files` are the pair that all rows are taken from, where that is one.
 */
export async function takenCells(
  read: CellKeysReader,
  step: PlannedStep,
  wanted: readonly Pick<KeyedRow, 'id' | 'cellKey'>[],
  candidates: readonly StepFiles[],
): Promise<{ readonly ids: ReadonlySet<string>; readonly files: StepFiles | null }> {
  const keys = new Map(wanted.map(({ id, cellKey }) => [id, cellKey]));
  const isTaken = takenFrom(step);
  const ids = new Set<string>();
  /** Taken as they are only where no other file has better. */
  const failed = new Set<string>();
  let files: StepFiles | null = null;
  for (const pair of candidates) {
    const cells = await read(pair);
    const fits = cells.filter((cell) => keys.get(cell.id) === cell.cellKey && isTaken(cell));
    // A file may have rows that are gone.
    if (ids.size === 0) files = fits.length === keys.size && cells.length === keys.size ? pair : null;
    for (const { id, status } of fits) {
      if (status === 'failed' && !ids.has(id)) failed.add(id);
      if (status !== 'failed' && failed.delete(id)) files = null;
      ids.add(id);
    }
    if (ids.size === keys.size && failed.size === 0) break;
  }
  return { ids, files };
}
