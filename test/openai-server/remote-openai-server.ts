import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FileObject } from 'openai/resources/files';
import type { WireBatch } from './batch/wire-batch.ts';
import type { Call, CallCounts } from './call-log.ts';
import { controlPath, type ControlCommand } from './control.ts';
import type { Fault, FaultRule } from './fault.ts';
import type { OpenAIServerOptions } from './openai-server.ts';
import type { AnswerRule, Settings } from './server-state.ts';

type RemoteOptions = Pick<
  OpenAIServerOptions,
  'port' | 'apiKeys' | 'keepBodies' | 'latencyMs' | 'limits' | 'faults' | 'batchMs' | 'batchLimits'
>;

/** The server in a process of its own, which outlives any program under test; it ends with the test that started it. */
export class RemoteOpenAIServer implements AsyncDisposable {
  readonly url: string;
  readonly apiKey: string;
  readonly #child: ChildProcess;

  private constructor(url: string, apiKey: string, child: ChildProcess) {
    this.url = url;
    this.apiKey = apiKey;
    this.#child = child;
  }

  static async start(options: RemoteOptions = {}): Promise<RemoteOpenAIServer> {
    const { port = 0, apiKeys = ['sk-test'], keepBodies = 1000, faults = [], ...settings } = options;
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const keys = apiKeys.flatMap((key) => ['--api-key', key]);
    const args = [main, '--port', String(port), '--keep-bodies', String(keepBodies), ...keys, '--end-with-stdin'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with exit code ${String(code)} before it was ready`);
    });
    const [url] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
    ended.catch(() => {});
    const server = new RemoteOpenAIServer(String(url), apiKeys[0] ?? '', child);
    await server.configure(settings);
    await server.inject(...faults);
    return server;
  }

  counts(): Promise<CallCounts> {
    return this.#send<CallCounts>({ do: 'counts' });
  }

  calls(wanted: { after?: number; bodies?: boolean } = {}): Promise<Call[]> {
    return this.#send<Call[]>({ do: 'calls', ...wanted });
  }

  pendingFaults(): Promise<FaultRule[]> {
    return this.#send<FaultRule[]>({ do: 'pendingFaults' });
  }

  async inject(...faults: readonly (Fault | FaultRule)[]): Promise<void> {
    await this.#send({ do: 'inject', faults });
  }

  async answerWith(...rules: readonly AnswerRule[]): Promise<void> {
    await this.#send({ do: 'answerWith', rules });
  }

  async configure(settings: Omit<Settings, 'answer'>): Promise<void> {
    await this.#send({ do: 'configure', settings });
  }

  async releaseBatches(lines?: number): Promise<void> {
    await this.#send({ do: 'releaseBatches', ...(lines !== undefined && { lines }) });
  }

  async expireBatches(): Promise<void> {
    await this.#send({ do: 'expireBatches' });
  }

  batches(): Promise<WireBatch[]> {
    return this.#send<WireBatch[]>({ do: 'batches' });
  }

  files(): Promise<FileObject[]> {
    return this.#send<FileObject[]>({ do: 'files' });
  }

  async reset(): Promise<void> {
    await this.#send({ do: 'reset' });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #send<T>(command: ControlCommand): Promise<T> {
    const response = await fetch(new URL(controlPath, this.url), { method: 'POST', body: JSON.stringify(command) });
    if (!response.ok) throw new Error(`${command.do}: ${await response.text()}`);
    const body: T = JSON.parse(await response.text());
    return body;
  }
}
