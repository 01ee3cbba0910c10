import { createServer, type Server } from 'node:http';
import type { FileObject } from 'openai/resources/files';
import type { WireBatch } from './batch/wire-batch.ts';
import type { Call, CallCounts } from './call-log.ts';
import { controlPath, serveControl } from './control.ts';
import type { Fault, FaultRule } from './fault.ts';
import { serveRequest } from './serve-request.ts';
import { ServerState, type AnswerRule, type Settings } from './server-state.ts';

export interface OpenAIServerOptions extends Settings {
  /** 0, any free port, unless said. */
  readonly port?: number;
  /** Keys that are accepted; `sk-test` unless said. */
  readonly apiKeys?: readonly string[];
  /** Of how many calls the parsed bodies are kept (1,000). */
  readonly keepBodies?: number;
  readonly faults?: readonly (Fault | FaultRule)[];
}

/**
 * A local server that speaks OpenAI's protocol and refuses what OpenAI refuses.
 *
 * Batches: `/v1/files` and `/v1/batches` as the real one has them. A batch works by itself in `batchMs`, or, `held`, line
 * by line as `releaseBatches` lets it; each line is answered, billed and hit by faults as an online request is. Files and
 * batches last as long as the process or until `reset()`. Faults that matter to batches:
 *
 * - the upload fails: `{ fault: { kind: 'server_error' }, path: '/v1/files' }`
 * - the batch is created and the answer lost: `{ fault: { kind: 'reset', after: 'request' }, path: '/v1/batches', method: 'POST' }`
 * - the batch fails its validation, expires, is lost: `batch_failed`, `batch_expired`, `batch_lost`
 * - lines fail or are refused: any fault without a transport, with `batch: true`
 *
 * @example
 * await using server = await OpenAIServer.start({ latencyMs: 50, answer: () => ({ label: 'neutral' }) });
 * const client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });
 * server.inject({ kind: 'rate_limit', retryAfterMs: 100 });
 */
export class OpenAIServer implements AsyncDisposable {
  /** What an OpenAI client takes as its base URL; ends in `/v1`. */
  readonly url: string;
  readonly apiKey: string;
  readonly #server: Server;
  readonly #state: ServerState;

  private constructor(port: number, server: Server, state: ServerState) {
    this.url = `http://127.0.0.1:${port}/v1`;
    this.apiKey = state.apiKeys[0] ?? '';
    this.#server = server;
    this.#state = state;
  }

  static async start(options: OpenAIServerOptions = {}): Promise<OpenAIServer> {
    const { port = 0, apiKeys = ['sk-test'], keepBodies = 1000, faults = [], ...settings } = options;
    const state = new ServerState(apiKeys, keepBodies, settings);
    // A client must never meet a connection that was just closed for being idle: that would be a fault nobody asked for.
    const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 });
    const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
    await listening;
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error(`not listening on a port: ${address}`);
    const started = new OpenAIServer(address.port, server, state);
    started.inject(...faults);
    server.on('request', (request, response) => {
      void (request.url === controlPath
        ? serveControl(request, response, started)
        : serveRequest(request, response, state));
    });
    return started;
  }

  /** Every call since the start or the last `reset()`, in order of arrival. */
  get calls(): readonly Call[] {
    return this.#state.log.calls;
  }

  counts(): CallCounts {
    return this.#state.log.counts();
  }

  /** Queues faults. A bare fault hits the next request that it can happen to. */
  inject(...faults: readonly (Fault | FaultRule)[]): void {
    for (const fault of faults) this.#state.faults.add('kind' in fault ? { fault } : fault);
  }

  get pendingFaults(): readonly FaultRule[] {
    return this.#state.faults.pending;
  }

  /** Gives fixed answers; they come before the `answer` callback. */
  answerWith(...rules: readonly AnswerRule[]): void {
    this.#state.answers.push(...rules);
  }

  /** Batches that are held answer so many lines more; all of them, and end, unless said. */
  releaseBatches(lines?: number): void {
    this.#state.batches.release(lines);
  }

  /** The window of every open batch closes now. */
  expireBatches(): void {
    this.#state.batches.expire();
  }

  /** Newest first, as they stand. */
  get batches(): readonly WireBatch[] {
    return this.#state.batches.newestFirst;
  }

  /** Oldest first. */
  get files(): readonly FileObject[] {
    return this.#state.files.all;
  }

  configure(settings: Settings): void {
    this.#state.configure(settings);
  }

  reset(): void {
    this.#state.reset();
  }

  /** Ends every connection, answered or not. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
