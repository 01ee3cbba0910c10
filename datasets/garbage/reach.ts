import pMap from 'p-map';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { Digest } from '../../manifests/digest.ts';
import { GettokError } from '../../manifests/gettok-error.ts';
import { type Manifest, parentsOf, type PartitionSnapshot, type StepState } from '../../manifests/manifest.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { RowReader } from '../parquet/database.ts';
import { digestsInFiles, digestsInText } from './named-digests.ts';

/** What something keeps can't be told, because what it refers to is damaged. */
export class UnknownReachError extends GettokError {
  override readonly name = 'UnknownReachError';
  constructor(what: string, reason: string) {
    super(`Nothing was removed: ${what} can't be read, so nobody knows what it keeps. See: gettok fsck   (${reason})`);
  }
}

/** Says that it is kept, and with it everything that it names. `strict` where damage must not be passed over. */
export interface Reach {
  readonly versions: ReadonlySet<Digest>;
  readonly objects: ReadonlySet<Digest>;
  /** A version, its ancestors, the versions that it was collected from, and all their objects. */
  version(version: Digest, who: string, strict: boolean): Promise<void>;
  object(digest: Digest): void;
  /** A file whose columns name blobs; `all` looks at all of them. */
  file(digest: Digest, columns: readonly string[] | 'all', strict: boolean): void;
  /** Reads the files whose columns name blobs; to be called last. */
  readFiles(): Promise<void>;
}

export interface ReachSources {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly database: RowReader;
  /** Keys of the notes on withdrawn files, by the digest of the old file. */
  readonly withdrawals: ReadonlyMap<Digest, string>;
}

/** Columns of a step that name blobs. */
export const mediaColumns = (columns: StepState['columns']): string[] =>
  columns.flatMap(({ name, media }) => (media ? [name] : []));

/** Every object that a version names itself; those that its rows name are in the columns of its values files. */
export function objectsOf({ state, record }: Manifest): Digest[] {
  const ofSteps = Object.values(state.steps).flatMap((step) => [
    ...Object.values(step.partitions).flatMap(snapshotObjects),
    ...(step.collection ? [step.collection.log] : []),
    ...promptsIn(step.parameters),
  ]);
  return [...ofSteps, ...promptsIn(state.declaration), ...(record.sample ? [record.sample.ids] : [])];
}

export const snapshotObjects = ({ values, provenance, answers = [] }: PartitionSnapshot): Digest[] => [
  values,
  provenance,
  ...answers,
];

/** Prompts stand as digests; other digests among the parameters, such as that of a model's weights, are in no bucket. */
export const promptsIn = (parameters: unknown): Digest[] =>
  [...JSON.stringify(parameters).matchAll(/"prompt":"(sha256:[0-9a-f]{64})"/g)].map(([, digest]) => digest as Digest);

/** Versions of this and other datasets that a version can't be explained without. */
export const lineageOf = ({ state, record }: Manifest): Digest[] => [
  ...parentsOf(record),
  ...Object.values(state.steps).flatMap(({ collection }) => (collection?.from ? [collection.from.version] : [])),
];

export function openReach({ store, blobs, database, withdrawals }: ReachSources): Reach {
  const versions = new Set<Digest>();
  const objects = new Set<Digest>();
  const files = new Map<Digest, { columns: readonly string[] | 'all'; strict: boolean }>();
  /** Versions that were looked at leniently, and may have to be looked at again. */
  const looked = new Map<Digest, boolean>();

  async function look(version: Digest, who: string, strict: boolean): Promise<readonly Digest[]> {
    let manifest: Manifest;
    try {
      manifest = await readManifest(store, version);
    } catch (error) {
      if (strict) throw new UnknownReachError(`${version}, which ${who} leads to,`, reasonOf(error));
      return [];
    }
    versions.add(version);
    for (const digest of objectsOf(manifest)) objects.add(digest);
    for (const step of Object.values(manifest.state.steps)) {
      const columns = mediaColumns(step.columns);
      if (columns.length > 0) for (const { values } of Object.values(step.partitions)) file(values, columns, strict);
    }
    return lineageOf(manifest);
  }

  function file(digest: Digest, columns: readonly string[] | 'all', strict: boolean) {
    objects.add(digest);
    const before = files.get(digest);
    const earlier = before?.columns ?? [];
    const both =
      earlier === 'all' || columns === 'all' ? ('all' as const) : [...new Set([...earlier, ...columns])].toSorted();
    files.set(digest, { columns: both, strict: strict || before?.strict === true });
  }

  return {
    versions,
    objects,
    async version(start, who, strict) {
      const ahead = [start];
      for (let version = ahead.pop(); version !== undefined; version = ahead.pop()) {
        const before = looked.get(version);
        if (before === true || before === strict) continue;
        looked.set(version, strict);
        ahead.push(...(await look(version, who, strict)));
      }
    },
    object: (digest) => void objects.add(digest),
    file,
    async readFiles() {
      // A file that was withdrawn is there by its successor alone, which may be withdrawn in its turn.
      for (const digest of objects) {
        const key = withdrawals.get(digest);
        if (key === undefined) continue;
        const text = (await store.get(key))?.bytes.toString('utf8') ?? '';
        const wanted = files.get(digest);
        files.delete(digest);
        for (const successor of digestsInText(text).filter((each) => each !== digest)) {
          objects.add(successor);
          if (wanted) file(successor, wanted.columns, false);
        }
      }
      await pMap(groupsOf(files), (group) => readGroup(group), { concurrency: 2 });
    },
  };

  async function readGroup({ digests, columns, strict }: FileGroup): Promise<void> {
    const paths = await pMap(
      digests,
      (digest) =>
        blobs.file(digest).catch((error: unknown) => {
          if (strict) throw new UnknownReachError(digest, reasonOf(error));
          return null;
        }),
      { concurrency: 8 },
    );
    const there = paths.filter((path) => path !== null);
    try {
      for (const digest of await digestsInFiles(database, there, columns)) objects.add(digest);
    } catch (error) {
      if (strict) throw new UnknownReachError(digests.join(', '), reasonOf(error));
      // One that can't be read must not hide what the others name.
      if (digests.length > 1) for (const digest of digests) await readGroup({ digests: [digest], columns, strict });
    }
  }
}

interface FileGroup {
  readonly digests: readonly Digest[];
  readonly columns: readonly string[] | 'all';
  readonly strict: boolean;
}

const FILES_AT_ONCE = 50;

/** Files with the same columns are read together; of others nobody knows whether they go together. */
function groupsOf(files: ReadonlyMap<Digest, { columns: readonly string[] | 'all'; strict: boolean }>): FileGroup[] {
  const groups = new Map<string, (FileGroup & { digests: Digest[] })[]>();
  for (const [digest, { columns, strict }] of files) {
    const alike = `${strict} ${columns === 'all' ? digest : columns.join('\n')}`;
    const of = groups.get(alike) ?? [];
    const last = of.at(-1);
    if (last && last.digests.length < FILES_AT_ONCE) last.digests.push(digest);
    else of.push({ digests: [digest], columns, strict });
    groups.set(alike, of);
  }
  return [...groups.values()].flat();
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
