import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { mediaColumns, promptsIn, snapshotObjects } from '../garbage/reach.ts';

/** A place in a version that names an object. */
export interface Place {
  readonly step: string | null;
  readonly partition: string | null;
}

/** A table with its Merkle root: whose salts are in the source's provenance, and what blobs its columns name. */
export interface NamedTable extends Place {
  readonly step: string;
  readonly partition: string;
  readonly values: Digest;
  readonly root: Digest;
  /** The provenance of the source step, which has the salts; null where there is none. */
  readonly salts: Digest | null;
  readonly columns: Manifest['state']['steps'][string]['columns'];
  readonly media: readonly string[];
}

/** The same table with the same salts and root is proved once. */
export const tableKey = ({ values, step, root, salts }: NamedTable): string => [values, step, root, salts].join(' ');

export interface NamedObjects {
  readonly objects: readonly (Place & { readonly digest: Digest })[];
  readonly tables: readonly NamedTable[];
}

/** Every object that a version names, and where. Those that its rows name are in the media columns of its tables. */
export function namedObjects({ state, record }: Manifest): NamedObjects {
  const steps = Object.entries(state.steps);
  const source = steps.find(([, step]) => step.source)?.[1];
  const objects = steps.flatMap(([step, { partitions, collection, parameters }]) => [
    ...Object.entries(partitions).flatMap(([partition, snapshot]) =>
      snapshotObjects(snapshot).map((digest) => ({ step, partition, digest })),
    ),
    ...[...(collection ? [collection.log] : []), ...promptsIn(parameters)].map((digest) => ({
      step,
      partition: null,
      digest,
    })),
  ]);
  const declared = promptsIn(state.declaration).map((digest) => ({ step: null, partition: null, digest }));
  const tables = steps.flatMap(([step, { partitions, columns }]) =>
    Object.entries(partitions).map(([partition, { values, root }]): NamedTable => ({
      step,
      partition,
      values,
      root,
      salts: source?.partitions[partition]?.provenance ?? null,
      columns,
      media: mediaColumns(columns),
    })),
  );
  const sampled = record.sample ? [{ step: null, partition: null, digest: record.sample.ids }] : [];
  return { objects: [...objects, ...declared, ...sampled], tables };
}
