import { type BlobStore, blobKey } from '../../manifests/blob-store.ts';
import type { Digest } from '../../manifests/digest.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { RowReader } from '../parquet/database.ts';
import { digestsInFiles } from '../garbage/named-digests.ts';
import type { Damage, Problem, Sufferer } from './damage.ts';
import { namedObjects, type Place, tableKey } from './named-objects.ts';
import type { Walked } from './walk-versions.ts';

interface Tools {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly database: RowReader;
}

/** Which versions, steps and partitions each problem concerns. Versions are read again only when there is any. */
export async function findSufferers(
  { store, blobs, database }: Tools,
  { versions, refs }: Pick<Walked, 'versions' | 'refs'>,
  problems: ReadonlyMap<Digest, Problem>,
  roots: ReadonlyMap<string, Problem>,
): Promise<Damage[]> {
  if (problems.size === 0 && roots.size === 0) return [];
  const damages = new Map<string, Damage & { suffers: Sufferer[] }>();
  const mediaIn = new Map<Digest, Promise<readonly Digest[]>>();
  const damagedMedia = async (values: Digest, columns: readonly string[]) => {
    if (columns.length === 0 || problems.has(values)) return [];
    const path = await blobs.file(values).catch(() => null);
    const named = path === null ? [] : await digestsInFiles(database, [path], columns);
    return named.filter((digest) => problems.has(digest));
  };

  for (const [version, dataset] of versions) {
    const { objects, tables } = namedObjects(await readManifest(store, version));
    const sufferer = ({ step, partition }: Place): Sufferer => ({
      dataset,
      version,
      refs: refs.get(version) ?? [],
      step,
      partition,
    });
    const add = (name: string, digest: Digest, { kind, reason }: Problem, place: Place) => {
      const damage = damages.get(name) ?? { kind, key: blobKey(digest), reason, suffers: [] };
      const suffers = sufferer(place);
      if (!damage.suffers.some((each) => isSame(each, suffers))) damage.suffers.push(suffers);
      damages.set(name, damage);
    };
    for (const { digest, ...place } of objects) {
      const problem = problems.get(digest);
      if (problem) add(digest, digest, problem, place);
    }
    for (const table of tables) {
      const problem = roots.get(tableKey(table));
      if (problem) add(tableKey(table), table.values, problem, table);
      if (problems.size === 0) continue;
      const media = mediaIn.get(table.values) ?? damagedMedia(table.values, table.media);
      mediaIn.set(table.values, media);
      for (const digest of await media) add(digest, digest, problems.get(digest)!, table);
    }
  }
  return [...damages.values()];
}

const isSame = (a: Sufferer, b: Sufferer) =>
  a.version === b.version && a.step === b.step && a.partition === b.partition;
