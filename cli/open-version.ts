import pMap from 'p-map';
import { columnsFromJson, type ColumnJson, type Columns } from '../datasets/column-type.ts';
import type { Digest } from '../manifests/digest.ts';
import { datasetName } from './dataset-name.ts';
import { openProject, type Project } from './open-project.ts';
import { resolveVersion } from './resolve-version.ts';

/** A version with its values files on this machine, as SQL reads them. */
export interface FetchedVersion {
  readonly dataset: string;
  readonly version: Digest;
  readonly steps: readonly OpenStep[];
}

export interface OpenVersion extends FetchedVersion {
  close(): Promise<void>;
}

export interface OpenStep {
  readonly name: string;
  readonly source: boolean;
  readonly columns: Columns;
  /** Local paths of the values files, in the order of the partitions. */
  readonly files: readonly string[];
  /** Local path of the log of requests, of a source that asked an API. */
  readonly log?: string;
}

/** A version of the dataset in a folder, through a project of its own. */
export async function openVersion(options: { readonly folder?: string; readonly at?: string }): Promise<OpenVersion> {
  const { folder = '.', at = 'main' } = options;
  const dataset = await datasetName(folder);
  const project = await openProject(['store']);
  const close = async () => project[Symbol.asyncDispose]();
  try {
    return { ...(await fetchVersion(project, dataset, at)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Fetches the values files that aren't in the cache yet; each is checked by its digest. */
export async function fetchVersion(project: Project, dataset: string, at: string): Promise<FetchedVersion> {
  const { version, manifest } = await resolveVersion(project.store, dataset, at);
  const steps = await pMap(
    Object.entries(manifest.state.steps),
    async ([name, step]) => {
      const partitions = Object.entries(step.partitions).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const files = await pMap(partitions, ([, { values }]) => project.blobs.file(values), { concurrency: 8 });
      const columns = columnsFromJson(step.columns as readonly ColumnJson[]);
      const log = step.collection && { log: await project.blobs.file(step.collection.log) };
      return { name, source: step.source, columns, files, ...log };
    },
    { concurrency: 2 },
  );
  return { dataset, version, steps };
}
