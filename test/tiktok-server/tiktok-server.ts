import { Listener } from '../strict-server/listener.ts';
import { controlPath, serveControl } from '../strict-server/serve-control.ts';
import type { QueryConditions } from './condition.ts';
import { carryOut, type ControlCommand } from './control.ts';
import type { QuotaUse } from './daily-quota.ts';
import type { Fault, FaultRule } from './fault.ts';
import { Population } from './population.ts';
import { populations, type PopulationName, type PopulationSpec } from './population-spec.ts';
import type { LoggedRequest, RequestCounts } from './request-log.ts';
import { serveRequest } from './serve-request.ts';
import type { SettingChanges } from './server-settings.ts';
import { ServerState } from './server-state.ts';
import type { Video } from './video.ts';

export interface TikTokServerOptions extends SettingChanges {
  /** 0, any free port, unless said. */
  readonly port?: number;
  /** `small` unless said. */
  readonly population?: PopulationName | PopulationSpec;
  readonly faults?: readonly (Fault | FaultRule)[];
}

/**
 * A local server that speaks TikTok's Research API as it is known (documentation, recorded replies, reports of others)
 * and refuses what is wrong. `TIKTOK_API_BASE_URL` set to its `url` is all that a client needs; any client key and
 * secret do, unless `clients` says which.
 *
 * - Its videos are fixed by name or spec: `idsOf` says exactly which ones a query finds, `leastRequests` with how few
 *   requests. `peruQuery` is the query that the populations are made for.
 * - Its clock is the real one until `configure({ now })` sets it; `advance` moves it. Quota, tokens, search ids, lag and
 *   counts of views go by it.
 * - Every request with a valid token and quota left uses one request of the client's day, also if it is refused or fails;
 *   401, 429 and pages of proxies use none.
 * - Faults that move rows (short and empty pages, duplicates) do so in the cached search: a page asked for again is the
 *   same, and nothing is lost. So a correct client has exactly `idsOf` under every mix of faults but `corrupt_id` and
 *   `without_fields` of `id`.
 *
 * By hand: `node test/tiktok-server/main.ts --population peru-2022 --port 8090`. For a test that kills workers, the same
 * in a process of its own: `RemoteTikTokServer`.
 *
 * @example
 * await using server = await TikTokServer.start({ population: 'small' });
 * server.inject({ kind: 'server_error' }, { fault: { kind: 'short_page', rows: 27 }, probability: 0.1, seed: 3 });
 * … collect with TIKTOK_API_BASE_URL=server.url …
 * expect(ids).toEqual(server.idsOf(peruQuery, '2022-12-01', '2022-12-10'));
 * expect(server.counts().byEndpoint['video/query']).toBeLessThanOrEqual(…);
 */
export class TikTokServer implements AsyncDisposable {
  /** What `TIKTOK_API_BASE_URL` takes; paths begin with `/v2/`. */
  readonly url: string;
  readonly #listener: Listener;
  readonly #state: ServerState;

  private constructor(listener: Listener, state: ServerState) {
    this.url = listener.origin;
    this.#listener = listener;
    this.#state = state;
  }

  static async start(options: TikTokServerOptions = {}): Promise<TikTokServer> {
    const { port = 0, population = 'small', faults = [], ...changes } = options;
    const state = new ServerState(
      new Population(typeof population === 'string' ? populations[population] : population),
    );
    state.configure(changes);
    const listener = await Listener.start(port);
    const started = new TikTokServer(listener, state);
    started.inject(...faults);
    const controlled = {
      carryOut: (command: ControlCommand) => carryOut(command, started),
      close: () => started.close(),
    };
    listener.serve((request, response) => {
      void (request.url === controlPath
        ? serveControl(request, response, controlled)
        : serveRequest(request, response, state));
    });
    return started;
  }

  /** Every request since the start or the last `reset()`, in order of arrival. */
  get requests(): readonly LoggedRequest[] {
    return this.#state.log.requests;
  }

  counts(): RequestCounts {
    return this.#state.log.counts();
  }

  /** Queues faults. A bare fault hits the next request that it can happen to. */
  inject(...faults: readonly (Fault | FaultRule)[]): void {
    for (const fault of faults) this.#state.faults.add('kind' in fault ? { fault } : fault);
  }

  get pendingFaults(): readonly FaultRule[] {
    return this.#state.faults.pending;
  }

  configure(changes: SettingChanges): void {
    this.#state.configure(changes);
  }

  get nowMs(): number {
    return this.#state.clock.nowMs;
  }

  advance(ms: number): void {
    this.#state.clock.advance(ms);
  }

  /** Every access token so far is refused from now on. */
  expireTokens(): void {
    this.#state.tokens.expire();
  }

  expireSearchIds(): void {
    this.#state.searches.clear();
  }

  /** As if another program had used the same account. */
  spendQuota(client: string, use: Partial<QuotaUse>): void {
    this.#state.quota.use(client, this.#state.clock.today, use);
  }

  quotaUsed(client: string): QuotaUse {
    return this.#state.quota.used(client, this.#state.clock.today);
  }

  /** Deleted or made private, which look the same: they are in no reply any more. */
  remove(...ids: readonly string[]): void {
    for (const id of ids) this.#state.removed.add(BigInt(id));
  }

  restore(...ids: readonly string[]): void {
    for (const id of ids) this.#state.removed.delete(BigInt(id));
  }

  /** Every video there is, whatever is removed or too young; descending by id. */
  get videos(): readonly Video[] {
    return this.#state.population.videos;
  }

  /** Exactly what a query finds now, both days included; ascending. */
  idsOf(query: QueryConditions, from: string, to: string): string[] {
    const found = this.#state.found(query, plain(from), plain(to));
    return found.map(({ id }) => String(id)).toReversed();
  }

  /** Usernames of what a query finds now; sorted, each once. */
  usernamesOf(query: QueryConditions, from: string, to: string): string[] {
    const found = this.#state.found(query, plain(from), plain(to));
    return [...new Set(found.map(({ username }) => username))].toSorted();
  }

  /** With pages of 100 in windows of at most 31 days, at least one request for each. */
  leastRequests(query: QueryConditions, from: string, to: string): number {
    return this.#state.leastRequests(query, plain(from), plain(to));
  }

  /** Comments that can be had of a video: the first thousand, in the order of the API. */
  commentIdsOf(videoId: string): string[] {
    return this.#state.commentIdsOf(videoId);
  }

  /** Forgets requests, faults, searches, removals and used quota; keeps settings, clock and tokens. */
  reset(): void {
    this.#state.reset();
  }

  /** Ends every connection, answered or not. */
  async close(): Promise<void> {
    await this.#listener.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const plain = (day: string): string => day.replaceAll('-', '');
