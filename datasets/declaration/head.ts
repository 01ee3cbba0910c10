import type { z } from 'zod';
import type { Json } from '../../manifests/canonical-json.ts';
import { checkShape, reportUnknownKey } from './check-shape.ts';
import { declarationShape, partitionById, partitionByTime } from './declaration-shape.ts';
import type { Creator, Partitioning, Retention } from './declaration.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import type { WrittenDeclaration } from './written-declaration.ts';

/** What the top level of `dataset.yaml` says, key by key; what is wrong has been reported and reads as if left out. */
export interface Head {
  readonly dataset: string;
  readonly title: string;
  readonly creators: readonly Creator[];
  readonly license: string | null;
  readonly partition: Partitioning;
  readonly models: JsonObject;
  readonly steps: JsonObject;
  readonly retention: Retention | null;
  readonly release: { readonly public: readonly string[] } | null;
}

/** In enough partitions that tens of thousands of rows are worked on side by side, in few enough that it costs nothing. */
const DEFAULT_PARTITION: Partitioning = { by: 'id', buckets: 16 };

export function readHead(written: WrittenDeclaration): Head {
  const top = written.value;
  const known = Object.keys(declarationShape);
  for (const key of Object.keys(top)) if (!known.includes(key)) reportUnknownKey(written, [key], known);

  const read = <S extends z.ZodType>(key: string, shape: S) => checkShape(written, shape, top[key], [key]);
  const shape = declarationShape;
  const entries = (key: string, of: z.ZodType): JsonObject => {
    read(key, of);
    const value = top[key];
    return isJsonObject(value) ? value : {};
  };
  const dataset = read('dataset', shape.dataset) ?? '';
  const creators = (read('creators', shape.creators) ?? []).map(({ orcid, ...creator }) => ({
    ...creator,
    ...(orcid === undefined ? {} : { orcid: orcid.replace(/^https:\/\/orcid\.org\//, '') }),
  }));
  reportRepeatedCreators(written, creators);
  return {
    dataset,
    title: read('title', shape.title) ?? dataset,
    creators,
    license: read('license', shape.license) ?? null,
    partition: read('partition', partitionShape(top['partition'])) ?? DEFAULT_PARTITION,
    models: entries('models', shape.models),
    steps: entries('steps', shape.steps),
    retention: read('retention', shape.retention) ?? null,
    release: read('release', shape.release) ?? null,
  };
}

/** One of the two, so that what is wrong is told of the one that was meant. */
const partitionShape = (value: Json | undefined): z.ZodType<Partitioning | undefined> =>
  isJsonObject(value) && (value['by'] === 'id' || 'buckets' in value)
    ? partitionById.optional()
    : partitionByTime.optional();

function reportRepeatedCreators(written: WrittenDeclaration, creators: readonly Creator[]): void {
  for (const [index, { name, orcid }] of creators.entries()) {
    const earlier = creators.slice(0, index);
    if (orcid !== undefined && earlier.some((other) => other.orcid === orcid))
      written.report(['creators', index, 'orcid'], {
        message: `ORCID iD ${orcid} stands twice`,
        found: orcid,
        expected: 'each creator once',
      });
    else if (orcid === undefined && earlier.some((other) => other.orcid === undefined && other.name === name))
      written.report(['creators', index, 'name'], {
        message: `creator "${name}" stands twice`,
        found: name,
        expected: 'each creator once',
      });
  }
}
