import pMap from 'p-map';
import type { Json } from '../manifests/canonical-json.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { CompareError } from '../datasets/compare/compare-error.ts';
import { type ComparedSide, type FileColumn, fileColumn, type MadeBy } from '../datasets/compare/compared-side.ts';
import { addCalls, NO_CALLS } from '../datasets/step-result.ts';
import { findColumn, type FoundColumn, valuesDigests } from './find-column.ts';
import type { Project } from './open-project.ts';
import { resolveVersion, type ResolvedVersion } from './resolve-version.ts';

export interface SidesRequest {
  readonly dataset: string;
  /** Refs as they were written; at least one. */
  readonly versions: readonly string[];
  readonly column: string;
  readonly with: readonly string[];
  /** None, one for all sides, or one for each of them. */
  readonly embeddings: readonly string[];
}

interface Place {
  readonly name: string;
  readonly at: string;
  readonly version: ResolvedVersion;
  readonly written: string;
}

/** The columns of versions that are compared, with their files on this machine. */
export async function comparedSides(
  { store, blobs }: Pick<Project, 'store' | 'blobs'>,
  request: SidesRequest,
): Promise<{ readonly sides: ComparedSide[]; readonly first: ResolvedVersion }> {
  const resolved = await pMap(
    request.versions,
    async (at) => ({ at, version: await resolveVersion(store, request.dataset, at) }),
    { concurrency: 4 },
  );
  const places = placesOf(resolved, request);
  const { embeddings } = request;
  if (embeddings.length > 1 && embeddings.length !== places.length)
    throw new CompareError(
      `--embedding names ${embeddings.length} columns for ${places.length} that are compared. Name one for all, or one for each.`,
    );
  const files = async ({ step, column }: FoundColumn): Promise<FileColumn> =>
    fileColumn(column, await pMap(valuesDigests(step), (digest) => blobs.file(digest), { concurrency: 8 }));
  const sides = await pMap(
    places,
    async ({ name, at, version, written }, index): Promise<ComparedSide> => {
      const found = findColumn(version, written, at);
      const vectors = embeddings[index] ?? embeddings[0];
      return {
        ...(await files(found)),
        name,
        gold: false,
        declared: labelsOf(found.step.parameters),
        made: madeBy(version, found),
        ...(vectors !== undefined && { embedding: await files(vectorColumn(version, vectors, at)) }),
      };
    },
    { concurrency: 2 },
  );
  return { sides, first: resolved[0]!.version };
}

/** One version: its columns. Two versions with one other column: that column of the second. Else the column of each. */
function placesOf(
  versions: readonly { readonly at: string; readonly version: ResolvedVersion }[],
  { column, with: others }: SidesRequest,
): Place[] {
  const [first] = versions;
  if (versions.length === 1)
    return [column, ...others].map((written) => ({
      ...first!,
      written,
      name: others.length > 0 ? written : first!.at,
    }));
  if (others.length === 0) return versions.map((one) => ({ ...one, written: column, name: one.at }));
  if (versions.length === 2 && others.length === 1)
    return [column, others[0]!].map((written, index) => ({
      ...versions[index]!,
      written,
      name: `${versions[index]!.at} ${written}`,
    }));
  throw new CompareError(
    'Several columns of several versions can be compared in too many ways. Give one version with any number of --with, or two versions with one.',
  );
}

function vectorColumn(version: ResolvedVersion, written: string, at: string): FoundColumn {
  const found = findColumn(version, written, at);
  const { type } = found.column;
  if (typeof type === 'object' && 'list' in type && (type.list === 'float32' || type.list === 'float64')) return found;
  throw new CompareError(`--embedding ${written} is no list of numbers, as a step ai/embed makes it.`);
}

function madeBy({ version, manifest }: ResolvedVersion, { stepName, step, column }: FoundColumn): MadeBy {
  const partitions = Object.values(manifest.record.steps[stepName]?.partitions ?? {});
  return {
    version,
    column: `${stepName}.${column.name}`,
    kind: `${step.kind}@${step.revision}`,
    models: [...new Set(partitions.flatMap(({ models }) => Object.keys(models)))].toSorted(),
    calls: partitions.reduce<Manifest['record']['steps'][string]['paid']>((sum, one) => addCalls(sum, one), NO_CALLS),
  };
}

/** The labels that a step was told to choose from. */
function labelsOf(parameters: Json): string[] {
  const labels = (parameters as { readonly labels?: Json } | null)?.labels;
  return Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : [];
}
