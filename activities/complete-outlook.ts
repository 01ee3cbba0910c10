import pMap from 'p-map';
import type { Digest } from '../manifests/digest.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import type { Manifest, PartitionSnapshot } from '../manifests/manifest.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import type { RowReader } from '../datasets/parquet/database.ts';
import type { KnownCells } from '../datasets/plan/known-cells.ts';
import type { SourceOutlook } from '../datasets/plan/row-groups.ts';
import type { PlannedStep, RunPlan } from '../datasets/plan/run-plan.ts';
import { sampledInParent } from '../datasets/plan/sampled-rows.ts';
import { type Outlook, stepReasons } from '../datasets/plan/step-reasons.ts';
import { readCellKeys } from '../datasets/step-files.ts';
import { indexedFiles, type StepFiles, takenFrom } from './reusable-cells.ts';

interface LookServices {
  readonly store: Pick<ObjectStore, 'list'>;
  readonly blobs: BlobStore;
  readonly database: RowReader;
}

/** More files than these are not read for a plan; then any of their rows may be there. */
const MOST_FILES = 256;

/**
 * Completes what a plan is decided from by where a pilot's rows are and by what the index has beside the parent's files: cells of
 * other branches, of earlier versions, of runs that didn't end. One listing for each step that has something to compute; the files
 * that it finds are read where they are few.
 */
export async function completeOutlook(
  services: LookServices,
  plan: RunPlan,
  parent: Manifest | null,
  source: SourceOutlook,
): Promise<Outlook> {
  const { groups, steps } = stepReasons(plan, parent, { ...source, known: () => null });
  const certainIn = ({ name }: PlannedStep): ReadonlySet<string> =>
    new Set(
      groups.flatMap(({ partition }, index) =>
        steps.get(name)![index]!.reasons.some(({ compute }) => compute.low > 0) ? [partition] : [],
      ),
    );
  const known = new Map<string, ReadonlyMap<string, KnownCells>>();
  for (const step of plan.steps.filter((each) => !each.source)) {
    const partitions = certainIn(step);
    if (partitions.size === 0) continue;
    // The keys of the parent's cells are those that are wanted, as long as the configuration is the same.
    const before = parent?.state.steps[step.name];
    const own = before?.configuration === step.configuration ? before.partitions : {};
    const others = await otherFiles(services.store, plan.dataset, step, parent);
    const concerned = [...others].filter(([partition]) => partitions.has(partition));
    const isFew = concerned.flatMap(([, files]) => files).length <= MOST_FILES;
    const look = async ([partition, files]: (typeof concerned)[number]): Promise<[string, KnownCells]> => [
      partition,
      isFew && partitions.has(partition) ? await cellsIn(services, step, files, own[partition]) : ANY,
    ];
    known.set(step.name, new Map(await pMap(others, look, { concurrency: 8 })));
  }
  return {
    ...source,
    ...(plan.sample && { sampledInParent: await sampledInParent(services, plan, parent) }),
    known: (step, partition) => {
      const cells = known.get(step);
      if (!cells || cells.size === 0) return null;
      return partition === null ? ANY : (cells.get(partition) ?? null);
    },
  };
}

const ANY: KnownCells = { ids: null, remade: null };

/** Pairs of files of the step's configuration that the index has beside the parent's own, by partition. */
async function otherFiles(
  store: Pick<ObjectStore, 'list'>,
  dataset: string,
  step: PlannedStep,
  parent: Manifest | null,
): Promise<Map<string, StepFiles[]>> {
  const own = parent?.state.steps[step.name]?.partitions ?? {};
  const found = new Map<string, StepFiles[]>();
  for (const { partition, files } of await indexedFiles(store, { dataset, step }, null)) {
    const { values, provenance } = own[partition] ?? {};
    if (files.values === values && files.provenance === provenance) continue;
    found.set(partition, [...(found.get(partition) ?? []), files]);
  }
  return found;
}

/** Rows with a cell in these files that a run would take, were it to have their key. */
async function cellsIn(
  { blobs, database }: LookServices,
  step: PlannedStep,
  others: readonly StepFiles[],
  own: PartitionSnapshot | undefined,
): Promise<KnownCells> {
  const read = async ({ values, provenance }: StepFiles) =>
    (await blobs.has(values)) && (await blobs.has(provenance))
      ? await readCellKeys(database, { values: await blobs.file(values), provenance: await blobs.file(provenance) })
      : [];
  const isTaken = takenFrom(step);
  const toMake = new Map<string, Digest>();
  for (const { id, cellKey, ...cell } of own ? await read(own) : []) if (!isTaken(cell)) toMake.set(id, cellKey);
  const ids = new Set<string>();
  const remade = new Set<string>();
  for (const files of others)
    for (const { id, cellKey, ...cell } of await read(files)) {
      if (!isTaken(cell)) continue;
      ids.add(id);
      if (toMake.get(id) === cellKey) remade.add(id);
    }
  return { ids, remade };
}
