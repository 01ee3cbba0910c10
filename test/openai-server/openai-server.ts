import type { FileObject } from 'openai/resources/files';
import { Listener } from '../strict-server/listener.ts';
import { controlPath, serveControl } from '../strict-server/serve-control.ts';
import type { WireBatch } from './batch/wire-batch.ts';
import type { Call, CallCounts } from './call-log.ts';
import { carryOut, type ControlCommand } from './control.ts';
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
  readonly #listener: Listener;
  readonly #state: ServerState;

  private constructor(listener: Listener, state: ServerState) {
    this.url = `${listener.origin}/v1`;
    this.apiKey = state.apiKeys[0] ?? '';
    this.#listener = listener;
    this.#state = state;
  }

  static async start(options: OpenAIServerOptions = {}): Promise<OpenAIServer> {
    const { port = 0, apiKeys = ['sk-test'], keepBodies = 1000, faults = [], ...settings } = options;
    const state = new ServerState(apiKeys, keepBodies, settings);
    const listener = await Listener.start(port);
    const started = new OpenAIServer(listener, state);
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
    await this.#listener.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
