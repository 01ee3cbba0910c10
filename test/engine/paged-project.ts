import { requestJournalPrefix } from '../../activities/collect/request-journal.ts';
import { int64 } from '../../datasets/column-type.ts';
import { readRequestLog } from '../../datasets/request-log.ts';
import { readSourceProvenance, readValues } from '../../datasets/step-files.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { PagedApi, pagedKind } from './paged-kind.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

export const DAYS = ['d1', 'd2', 'd3'];

/** Real Temporal and MinIO, and a dataset of what an API of this process has. */
export class PagedProject implements AsyncDisposable {
  readonly api: PagedApi;
  readonly project: TestProject;

  private constructor(api: PagedApi, project: TestProject) {
    this.api = api;
    this.project = project;
  }

  static async start(): Promise<PagedProject> {
    const api = new PagedApi();
    const kinds = new Map([...testKinds().kinds, [pagedKind.kind, pagedKind]]);
    const paged = new PagedProject(api, await TestProject.start(kinds, { api: () => api }));
    await paged.declare(DAYS);
    return paged;
  }

  [Symbol.asyncDispose] = () => this.project[Symbol.asyncDispose]();

  declare = (days: readonly string[], more = ''): Promise<void> =>
    this.project.write(
      'dataset.yaml',
      `dataset: pages\npartition: { by: id, buckets: 2 }\nsteps:\n  video: { uses: test/pages, with: { days: [${days.join(', ')}]${more} } }\n`,
    );

  log = async (manifest: Manifest) =>
    readRequestLog(this.project.services.database, await this.project.services.blobs.file(collectionOf(manifest).log));

  files = (manifest: Manifest, which: 'values' | 'provenance') =>
    Promise.all(
      Object.values(manifest.state.steps['video']!.partitions).map((partition) =>
        this.project.services.blobs.file(partition[which]),
      ),
    );

  rows = async (manifest: Manifest): Promise<string[]> => {
    const files = await this.files(manifest, 'values');
    const found = await readValues(this.project.services.database, files, { views: int64() });
    return found.map(({ id, values: { views } }) => `${id} ${typeof views === 'bigint' ? views : '-'}`).toSorted();
  };

  provenance = async (manifest: Manifest) => {
    const files = await this.files(manifest, 'provenance');
    return (await Promise.all(files.map((path) => readSourceProvenance(this.project.services.database, path)))).flat();
  };

  /** Keys of the requests that are kept. */
  journal = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of this.project.store.list(requestJournalPrefix({ dataset: 'pages', step: 'video' })))
      keys.push(key);
    return keys;
  };

  /** Holds the n-th request back; `die` ends the workers meanwhile, and others begin. */
  holdAt(nth: number): { readonly reached: Promise<void>; readonly die: () => Promise<void> } {
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    this.api.gate = async (number) => {
      if (number !== nth) return;
      reached.resolve();
      await held.promise;
    };
    const die = async () => {
      const ended = this.project.endWorkers();
      held.reject(new Error('the connection broke'));
      await ended;
      await this.project.work();
    };
    return { reached: reached.promise, die };
  }
}

export const collectionOf = ({ state }: Manifest) => state.steps['video']!.collection!;

export const expected = (days = DAYS, views = 1) =>
  days.flatMap((day) => [0, 1, 2].flatMap((page) => ['a', 'b'].map((row) => `${day}-${page}${row} ${views}`)));
