import type { CollectApi, ReadReply } from '../../activities/collect/collect-api.ts';
import { stepKinds } from '../../activities/kinds/index.ts';
import { createResearchApi } from '../../activities/tiktok/create-research-api.ts';
import { type ColumnJson, columnsFromJson } from '../../datasets/column-type.ts';
import { compareIds } from '../../datasets/compare-ids.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { type LoggedRequest, readRequestLog } from '../../datasets/request-log.ts';
import { openQueryDatabase } from '../../datasets/sql/query-database.ts';
import { readSourceProvenance, readValues, type ValuesRow } from '../../datasets/step-files.ts';
import { peruHashtags, peruKeywords, peruQuery } from '../tiktok-server/peru-query.ts';
import type { PopulationSpec } from '../tiktok-server/population-spec.ts';
import { TikTokServer, type TikTokServerOptions } from '../tiktok-server/tiktok-server.ts';
import { type RunOptions, TestProject } from './test-project.ts';

const DAY_MS = 86_400_000;

export interface VideoStep {
  readonly from: string;
  readonly to: string;
  readonly fields?: readonly string[];
  /** Further top-level lines of `dataset.yaml`. */
  readonly head?: string;
  readonly lagDays?: number;
}

interface DatasetOptions extends TikTokServerOptions {
  /** How long the client waits for a reply. */
  readonly timeoutMs?: number;
}

/** Real Temporal and MinIO, and the real client of the Research API, for datasets each with a server of its own. */
export class TikTokProject implements AsyncDisposable {
  readonly project: TestProject;
  readonly #apis: { current: CollectApi | null };

  private constructor(project: TestProject, apis: { current: CollectApi | null }) {
    this.project = project;
    this.#apis = apis;
  }

  static async start(): Promise<TikTokProject> {
    const apis: { current: CollectApi | null } = { current: null };
    const project = await TestProject.start(stepKinds, {
      api: () => {
        if (!apis.current) throw new Error('no server was started');
        return apis.current;
      },
    });
    return new TikTokProject(project, apis);
  }

  #datasets = 0;

  /** A dataset and a server that know of nothing before. */
  async dataset({ timeoutMs, ...options }: DatasetOptions = {}): Promise<TikTokDataset> {
    const server = await TikTokServer.start(options);
    this.#datasets += 1;
    const name = `d${this.#datasets}`;
    // The account names the ledger of the quota: each test has its own.
    const api = createResearchApi({
      clientKey: name,
      clientSecret: 's',
      baseUrl: server.url,
      now: () => server.nowMs,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
    const dataset = new TikTokDataset(this.project, server, name);
    this.#apis.current = hurry(api, dataset);
    return dataset;
  }

  [Symbol.asyncDispose] = () => this.project[Symbol.asyncDispose]();
}

/** What takes minutes or days of the real API takes moments here: nothing else of what it says is altered. */
function hurry(api: CollectApi, dataset: TikTokDataset): CollectApi {
  const hurried = (read: ReadReply): ReadReply => {
    if (read.kind === 'retry') return { ...read, afterMs: 2 };
    if (read.kind !== 'quota') return read;
    dataset.server.advance(read.untilMs - dataset.server.nowMs);
    return { ...read, untilMs: Date.now() + 1000 };
  };
  let replies = 0;
  return {
    ...api,
    outageWaitsMs: [100, 100, 100],
    async send(request, signal) {
      const reply = await api.send(request, signal);
      await dataset.onReply((replies += 1));
      return reply;
    },
    read: (reply) => hurried(api.read(reply)),
  };
}

export class TikTokDataset implements AsyncDisposable {
  readonly project: TestProject;
  readonly server: TikTokServer;
  readonly name: string;
  /** Called when the n-th reply of the API has come, counted from 1. */
  onReply: (nth: number) => void | Promise<void> = () => {};
  #used = 0;

  constructor(project: TestProject, server: TikTokServer, name: string) {
    this.project = project;
    this.server = server;
    this.name = name;
  }

  [Symbol.asyncDispose] = () => this.server.close();

  /** Collects the query that the populations are made for. */
  declare({ from, to, fields, head = '', lagDays }: VideoStep): Promise<void> {
    const words = { regions: ['PE'], keywords: peruKeywords, hashtags: peruHashtags };
    const asked = {
      ...words,
      from,
      to,
      ...(fields && { fields }),
      ...(lagDays !== undefined && { lag_days: lagDays }),
    };
    return this.write(`video: { uses: tiktok/videos, with: ${JSON.stringify(asked)} }`, head);
  }

  write(step: string, head = '', name = this.name): Promise<void> {
    const text = `dataset: ${name}\npartition: { by: create_time, every: day }\n${head}steps:\n  ${step}\n`;
    return this.project.write('dataset.yaml', text);
  }

  async run(options: RunOptions = {}): Promise<Manifest> {
    return (await this.project.run(options)).manifest;
  }

  /** Declares and runs. */
  async collect(step: VideoStep, options: RunOptions = {}): Promise<Manifest> {
    await this.declare(step);
    return await this.run(options);
  }

  expected = (from: string, to: string): string[] => this.server.idsOf(peruQuery, from, to).toSorted(compareIds);

  /** Requests that used quota since the last time that it was asked. */
  used(): number {
    const all = this.server.counts().usedQuota;
    const since = all - this.#used;
    this.#used = all;
    return since;
  }

  async rows(manifest: Manifest, step = 'video'): Promise<readonly ValuesRow[]> {
    const { columns } = manifest.state.steps[step]!;
    const files = await this.files(manifest, 'values', step);
    const read = await readValues(this.project.services.database, files, columnsFromJson(columns as ColumnJson[]));
    return read.toSorted((a, b) => compareIds(a.id, b.id));
  }

  ids = async (manifest: Manifest, step = 'video'): Promise<string[]> =>
    (await this.rows(manifest, step)).map(({ id }) => id);

  files(manifest: Manifest, which: 'values' | 'provenance', step = 'video'): Promise<string[]> {
    const partitions = Object.values(manifest.state.steps[step]!.partitions);
    return Promise.all(partitions.map((partition) => this.project.services.blobs.file(partition[which])));
  }

  /** Salt, run and origin of every row, by its id. */
  async provenance(manifest: Manifest, step = 'video') {
    const files = await this.files(manifest, 'provenance', step);
    const read = await Promise.all(files.map((path) => readSourceProvenance(this.project.services.database, path)));
    return new Map(read.flat().map((row) => [row.id, row]));
  }

  async log(manifest: Manifest, step = 'video'): Promise<readonly LoggedRequest[]> {
    const { log } = collectionOf(manifest, step);
    return readRequestLog(this.project.services.database, await this.project.services.blobs.file(log));
  }

  /** How often something was noted in the replies. */
  async notes(manifest: Manifest, step = 'video'): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { notes } of await this.log(manifest, step))
      for (const { what, count } of notes) counts[what] = (counts[what] ?? 0) + count;
    return counts;
  }

  async sql(manifest: Manifest, query: string, step = 'video'): Promise<readonly Readonly<Record<string, Json>>[]> {
    const { columns, source } = manifest.state.steps[step]!;
    const { blobs } = this.project.services;
    await using database = await openQueryDatabase([
      {
        name: step,
        source,
        columns: columnsFromJson(columns as ColumnJson[]),
        files: await this.files(manifest, 'values', step),
        log: await blobs.file(collectionOf(manifest, step).log),
      },
    ]);
    const rows: Readonly<Record<string, Json>>[] = [];
    for await (const row of (await database.query(query)).json()) rows.push(row);
    return rows;
  }
}

export function collectionOf({ state }: Manifest, step = 'video') {
  const { collection } = state.steps[step]!;
  if (!collection) throw new Error(`${step} collected nothing`);
  return collection;
}

export const coverageOf = (manifest: Manifest, step = 'video') => collectionOf(manifest, step).coverage;

/** Videos until the day of the test: `small` in its shape, `days` long. */
export const untilToday = (days: number, nowMs: number): PopulationSpec => ({
  seed: 3,
  from: dayOf(nowMs - (days - 1) * DAY_MS),
  to: dayOf(nowMs),
  matching: days * 40,
  others: days * 5,
});

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
