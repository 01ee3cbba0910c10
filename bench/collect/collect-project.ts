import { readServicesState } from '../../cli/services/services-state.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { GettokFolder, type RunReport } from '../../test/end-to-end/gettok-process.ts';
import { peruQuery } from '../../test/tiktok-server/peru-query.ts';
import { populations } from '../../test/tiktok-server/population-spec.ts';
import { RemoteTikTokServer } from '../../test/tiktok-server/remote-tiktok-server.ts';
import { peakMbOf } from '../memory.ts';

const FOLDER = 'peru-2022-collect';
/** One day's quota is enough for all: what is measured is no wait for midnight. */
const REQUESTS_A_DAY = 5000;
/** Between two requests of a worker that nothing has stopped, on a busy machine. */
const LONGEST_PAUSE_S = 5;
const { from, to, matching } = populations['peru-2022'];

export const VIDEOS = matching;

/** The study's collection in a project with real services of its own, and a Research API that has its 43,697 videos. */
export class CollectProject implements AsyncDisposable {
  readonly server: RemoteTikTokServer;
  readonly #folder: GettokFolder;

  private constructor(server: RemoteTikTokServer, folder: GettokFolder) {
    this.server = server;
    this.#folder = folder;
  }

  static async start(): Promise<CollectProject> {
    const server = await RemoteTikTokServer.start({ population: 'peru-2022', requestsADay: REQUESTS_A_DAY });
    const access = {
      TIKTOK_API_BASE_URL: server.url,
      TIKTOK_CLIENT_KEY: 'bench',
      TIKTOK_CLIENT_SECRET: 'secret',
      GETTOK_TIKTOK_REQUESTS_A_DAY: String(REQUESTS_A_DAY),
    };
    const folder = await GettokFolder.withExample(access, FOLDER);
    await folder.gettok('up');
    return new CollectProject(server, folder);
  }

  run = (): Promise<RunReport> => this.#folder.json<RunReport>('run', FOLDER);

  /** Whether the version has these videos, no more and no fewer, and calls every day complete. */
  async isExact(): Promise<boolean> {
    const [rows, expected, manifest] = await Promise.all([
      this.#folder.json<{ id: string }[]>('query', FOLDER, 'select id from dataset'),
      this.server.idsOf(peruQuery, from, to),
      this.#folder.json<Manifest>('show', 'main', '--folder', FOLDER),
    ]);
    const found = new Set(rows.map(({ id }) => id));
    const { complete } = manifest.state.steps['video']!.collection!.coverage;
    const isWhole = Object.keys(manifest.state.steps['video']!.partitions).length > 0 && complete === DAYS;
    return isWhole && found.size === rows.length && rows.length === VIDEOS && expected.every((id) => found.has(id));
  }

  async requests(): Promise<number> {
    return (await this.server.counts()).byEndpoint['video/query'] ?? 0;
  }

  least = (): Promise<number> => this.server.leastRequests(peruQuery, from, to);

  /** Windows in the order in which they were asked for, such as `2022-11-20/2022-11-22`. */
  async windows(): Promise<readonly string[]> {
    const sql = 'select unit from video_log group by unit order by min(asked_at)';
    return (await this.#folder.json<{ unit: string }[]>('query', FOLDER, sql)).map(({ unit }) => unit);
  }

  /** Seconds without a request under way: after one that failed, since it is tried again later, and longer ones after others. */
  async waits(): Promise<{ readonly retries: number; readonly kills: number }> {
    const sql = `with gaps as (
        select code, asked_at, (lead(asked_at) over (order by asked_at) - answered_at) / 1000 as s from video_log
      )
      select coalesce(sum(s) filter (code <> 'ok'), 0)::double as retries,
        coalesce(sum(s) filter (code = 'ok' and s > ${LONGEST_PAUSE_S}), 0)::double as kills from gaps`;
    const [waits] = await this.#folder.json<{ retries: number; kills: number }[]>('query', FOLDER, sql);
    return waits!;
  }

  get workerPid(): number | null {
    return readServicesState(this.#folder.path)?.children.worker?.pid ?? null;
  }

  peakMb = (): Promise<number> => peakMbOf(this.workerPid!);

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
    await this.server.close();
  }
}

const DAYS = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
