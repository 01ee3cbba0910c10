import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { columnsFromJson, type ColumnJson } from '../../datasets/column-type.ts';
import type { Coverage } from '../../datasets/coverage.ts';
import type { RowReader } from '../../datasets/parquet/database.ts';
import { type LoggedRequest, readRequestLog } from '../../datasets/request-log.ts';
import { readValues } from '../../datasets/step-files.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { EarlierCollection } from './collect-tools.ts';

/** A parent's collection with what the engine needs of it beside what kinds are shown. */
export interface OpenEarlier extends EarlierCollection {
  log(): Promise<readonly LoggedRequest[]>;
}

/** What the parent version has collected by the same query; nothing when it has none, or asked for something else. */
export function openEarlierCollection(
  { blobs, database }: { readonly blobs: BlobStore; readonly database: RowReader },
  parent: Manifest | null,
  step: string,
  identity: Digest,
): OpenEarlier {
  const state = parent?.state.steps[step];
  const collection = state?.collection?.identity === identity ? state.collection : null;
  let log: Promise<readonly LoggedRequest[]> | undefined;
  const readLog = () =>
    (log ??= collection
      ? blobs.file(collection.log).then((path) => readRequestLog(database, path))
      : Promise.resolve([]));
  return {
    // Zod types what is left out as undefined
    coverage: (collection?.coverage as Coverage | undefined) ?? null,
    async *rows() {
      if (!state || !collection) return;
      const columns = columnsFromJson(state.columns as readonly ColumnJson[]);
      const partitions = Object.entries(state.partitions).toSorted(([a], [b]) => (a < b ? -1 : 1));
      for (const [, { values }] of partitions)
        yield* (await readValues(database, await blobs.file(values), columns)).values();
    },
    async completeUnits() {
      return new Set((await readLog()).filter(({ completes }) => completes).map(({ unit }) => unit));
    },
    async answeredAt() {
      const last = new Map<string, bigint>();
      for (const { unit, code, completes, answered_at: at } of await readLog())
        if ((completes || code !== 'ok') && at > (last.get(unit) ?? 0n)) last.set(unit, at);
      return last;
    },
    log: readLog,
  };
}
