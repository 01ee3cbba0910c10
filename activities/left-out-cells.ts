import { type Cell, NOT_SAMPLED } from '../datasets/cell.ts';
import type { PlannedStep, RunPlan } from '../datasets/plan/run-plan.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import type { Digest } from '../manifests/digest.ts';
import type { KeyedRow } from './make-cells.ts';
import type { EarlierCells } from './reusable-cells.ts';
import { softwareText } from './software-text.ts';
import type { WorkerServices } from './worker-services.ts';

// All partitions of a pilot ask for the same list.
const KEPT = 4;
const kept = new Map<Digest, Promise<ReadonlySet<string>>>();

/**
 * The cells of a pilot's rows that are outside its sample and that no earlier version has: skipped. They have the cell key
 * that they would be made with, and are never taken over by it.
 */
export async function leftOutCells(
  services: Pick<WorkerServices, 'blobs' | 'software'>,
  { run, sample }: Pick<RunPlan, 'run' | 'sample'>,
  { columns }: Pick<PlannedStep, 'columns'>,
  rows: readonly KeyedRow[],
  { reusable, askAgain }: EarlierCells,
): Promise<ReadonlyMap<string, Cell>> {
  if (sample === undefined) return new Map();
  const sampled = await idsOf(services.blobs, sample.ids);
  const software = softwareText(services.software);
  const values = Object.fromEntries(columns.map(({ name }) => [name, null]));
  const outside = rows.filter(({ id }) => !sampled.has(id) && !reusable.has(id));
  return new Map(
    outside.map(({ id, cellKey }) => {
      // Only rows of the sample are asked again.
      const [failed] = askAgain.get(id) ?? [];
      if (failed) return [id, failed];
      const base = { id, cellKey, run, software, values, calls: [] };
      return [id, { ...base, status: 'skipped', errorCode: NOT_SAMPLED, errorMessage: null }];
    }),
  );
}

function idsOf(blobs: BlobStore, digest: Digest): Promise<ReadonlySet<string>> {
  const known = kept.get(digest);
  if (known) return known;
  const ids = blobs.get(digest).then((bytes) => new Set(JSON.parse(bytes.toString('utf8')) as string[]));
  ids.catch(() => kept.delete(digest));
  kept.set(digest, ids);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  return ids;
}
