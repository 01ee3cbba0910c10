import { openEarlierCollection } from '../activities/collect/earlier-collection.ts';
import type { CollectEstimate } from '../activities/collect/collect-tools.ts';
import { readSeeds } from '../activities/collect/read-seeds.ts';
import type { SeedColumn, StepKind } from '../activities/step-kind.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import { digestOf } from '../manifests/digest.ts';
import type { Manifest } from '../manifests/manifest.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import type { Declaration } from '../datasets/declaration/declaration.ts';
import { type Database, openDatabase, type RowReader } from '../datasets/parquet/database.ts';
import type { Collecting } from '../datasets/plan/make-plan.ts';
import { askedAgain } from '../datasets/plan/reuse.ts';
import type { Seeds } from '../datasets/plan/run-plan.ts';
import { addStatusCounts, NO_STATUS } from '../datasets/status-counts.ts';
import { resolveVersion, UnknownVersionError } from './resolve-version.ts';

export interface PlannedCollecting extends Collecting {
  readonly api: string;
  readonly estimate: CollectEstimate;
}

interface CollectingContext {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly kinds: ReadonlyMap<string, StepKind>;
  readonly parent: Manifest | null;
  /** Steps that are asked for again. */
  readonly refresh: readonly string[];
  /** Codes of failed rows that are asked again; `*` is any. */
  readonly retry: readonly string[];
}

/** What the sources that ask an API are to do, and how many requests that takes. Asks nothing. */
export async function planCollecting(
  { steps, retention }: Declaration,
  { store, blobs, kinds, parent, refresh, retry }: CollectingContext,
): Promise<ReadonlyMap<string, PlannedCollecting>> {
  const planned = new Map<string, PlannedCollecting>();
  checkRefresh(refresh, { steps, kinds });
  let opened: Promise<Database> | undefined;
  // Opened when something is read, which a collection of days that is complete doesn't need.
  const database: RowReader = { rows: async (sql) => (await (opened ??= openDatabase())).rows(sql) };
  try {
    for (const { name, kind, params } of steps) {
      const collects = kinds.get(kind.kind)?.collects;
      if (!collects) continue;
      const declared = collects.from?.(params) ?? null;
      const from = declared && (await resolveSeeds(store, declared));
      const identity = digestOf('collection', {
        kind: kind.kind,
        revision: kind.revision,
        asks: collects.identity(params),
      });
      const again = refresh.includes(name);
      const earlier = openEarlierCollection({ blobs, database }, parent, name, identity);
      const seeds = from ? await readSeeds({ store, blobs, database }, from) : [];
      const estimate = await collects.estimate(params, earlier, seeds, again);
      // Another version may have fewer things to ask for: then rows leave, and nothing is asked.
      const otherSeeds = from !== null && from.version !== parent?.state.steps[name]?.collection?.from?.version;
      const asks = again || otherSeeds || estimate.requests.high !== 0 || failedRows(parent, name, retry) > 0;
      const onDeleted = retention?.on_deleted ?? 'flag';
      planned.set(name, { api: collects.api, asks, estimate, collect: { identity, refresh: again, onDeleted, from } });
    }
    return planned;
  } finally {
    (await opened)?.close();
  }
}

async function resolveSeeds(store: ObjectStore, declared: SeedColumn): Promise<Seeds> {
  try {
    return { ...declared, version: (await resolveVersion(store, declared.dataset, declared.ref)).version };
  } catch (error) {
    if (!(error instanceof UnknownVersionError)) throw error;
    throw new UnknownVersionError(`from: ${declared.dataset} ${declared.ref}: ${error.message}`);
  }
}

/** `--refresh` of what is no source that asks an API. */
export class NotCollectedError extends GettokError {
  override readonly name = 'NotCollectedError';
  override readonly wrongUse = true;
}

function checkRefresh(
  refresh: readonly string[],
  { steps, kinds }: { readonly steps: Declaration['steps']; readonly kinds: ReadonlyMap<string, StepKind> },
): void {
  const collected = steps.filter(({ kind }) => kinds.get(kind.kind)?.collects).map(({ name }) => name);
  for (const name of refresh) {
    if (collected.includes(name)) continue;
    const there = collected.length === 0 ? 'This dataset has none.' : `There is ${collected.join(', ')}.`;
    throw new NotCollectedError(`--refresh ${name}: expected a source step that asks an API. ${there}`);
  }
}

function failedRows(parent: Manifest | null, step: string, codes: readonly string[]): number {
  const snapshots = Object.values(parent?.state.steps[step]?.partitions ?? {});
  return askedAgain(snapshots.map(({ counts }) => counts).reduce(addStatusCounts, NO_STATUS), codes);
}
