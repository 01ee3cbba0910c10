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
import { createExpectedFiles } from './expected-files.ts';
import { keyRows } from './key-rows.ts';
import { type CellKeysReader, cellKeysReader, indexedFiles, type StepFiles, takenFrom } from './reusable-cells.ts';
import { takenCells } from './taken-cells.ts';

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
  const expected = createExpectedFiles(plan, parent);
  for (const step of plan.steps.filter((each) => !each.source)) {
    const wanted = expected.toKey(step);
    const partitions = new Set([...certainIn(step), ...wanted.keys()]);
    if (partitions.size === 0) continue;
    // The keys of the parent's cells are those that are wanted, as long as the configuration is the same.
    const before = parent?.state.steps[step.name];
    const own = before?.configuration === step.configuration ? before.partitions : {};
    const others = await otherFiles(services.store, plan.dataset, step, parent);
    const concerned = new Set([...others.keys(), ...wanted.keys()].filter((partition) => partitions.has(partition)));
    const isFew = [...concerned].flatMap((partition) => others.get(partition) ?? []).length <= MOST_FILES;
    const look = async (partition: string): Promise<[string, KnownCells][]> => {
      const files = others.get(partition) ?? [];
      const inputs = wanted.get(partition);
      const mine = own[partition];
      if (!isFew || !partitions.has(partition)) return files.length > 0 ? [[partition, ANY]] : [];
      // What is known of the cells and what is taken of them are read from the same files.
      const read = eachOnce(cellKeysReader(services));
      const found = files.length > 0 && (await cellsIn(read, step, files, mine));
      const candidates = [...(mine ? [mine] : []), ...files];
      if (!inputs || candidates.length === 0) return found ? [[partition, found]] : [];
      const columnsOf = (name: string) => plan.steps.find((each) => each.name === name)!.columns;
      const keys = await keyRows(services, step, { inputs, columnsOf });
      const taken = await takenCells(read, step, keys, candidates);
      if (taken.files) expected.add(step, partition, taken.files);
      return [[partition, { ...(found || NOWHERE), taken: { ids: taken.ids, values: taken.files?.values ?? null } }]];
    };
    const all = [...new Set([...others.keys(), ...wanted.keys()])];
    known.set(step.name, new Map((await pMap(all, look, { concurrency: 8 })).flat()));
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
const NOWHERE: KnownCells = { ids: new Set(), remade: new Set() };

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

function eachOnce(read: CellKeysReader): CellKeysReader {
  const begun = new Map<StepFiles, ReturnType<CellKeysReader>>();
  return (files) => {
    const cells = begun.get(files) ?? read(files);
    begun.set(files, cells);
    return cells;
  };
}

/** Rows with a cell in these files that a run would take, were it to have their key. */
async function cellsIn(
  read: CellKeysReader,
  step: PlannedStep,
  others: readonly StepFiles[],
  own: PartitionSnapshot | undefined,
): Promise<KnownCells> {
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
