import type { FileObject } from 'openai/resources/files';
import { RemoteServer, type ServerProcess, startServerProcess } from '../strict-server/remote-server.ts';
import type { WireBatch } from './batch/wire-batch.ts';
import type { Call, CallCounts } from './call-log.ts';
import type { ControlCommand } from './control.ts';
import type { Fault, FaultRule } from './fault.ts';
import type { OpenAIServerOptions } from './openai-server.ts';
import type { AnswerRule, Settings } from './server-state.ts';

type RemoteOptions = Pick<
  OpenAIServerOptions,
  'port' | 'apiKeys' | 'keepBodies' | 'latencyMs' | 'limits' | 'faults' | 'batchMs' | 'batchLimits'
>;

/** The server in a process of its own, which outlives any program under test; it ends with the test that started it. */
export class RemoteOpenAIServer extends RemoteServer<ControlCommand> {
  readonly apiKey: string;

  private constructor(started: ServerProcess, apiKey: string) {
    super(started);
    this.apiKey = apiKey;
  }

  static async start(options: RemoteOptions = {}): Promise<RemoteOpenAIServer> {
    const { port = 0, apiKeys = ['sk-test'], keepBodies = 1000, faults = [], ...settings } = options;
    const main = new URL('main.ts', import.meta.url);
    const keys = apiKeys.flatMap((key) => ['--api-key', key]);
    const args = ['--port', String(port), '--keep-bodies', String(keepBodies), ...keys];
    const server = new RemoteOpenAIServer(await startServerProcess(main, args), apiKeys[0] ?? '');
    await server.configure(settings);
    await server.inject(...faults);
    return server;
  }

  counts(): Promise<CallCounts> {
    return this.send<CallCounts>({ do: 'counts' });
  }

  calls(wanted: { after?: number; bodies?: boolean } = {}): Promise<Call[]> {
    return this.send<Call[]>({ do: 'calls', ...wanted });
  }

  pendingFaults(): Promise<FaultRule[]> {
    return this.send<FaultRule[]>({ do: 'pendingFaults' });
  }

  async inject(...faults: readonly (Fault | FaultRule)[]): Promise<void> {
    await this.send({ do: 'inject', faults });
  }

  async answerWith(...rules: readonly AnswerRule[]): Promise<void> {
    await this.send({ do: 'answerWith', rules });
  }

  async configure(settings: Omit<Settings, 'answer'>): Promise<void> {
    await this.send({ do: 'configure', settings });
  }

  async releaseBatches(lines?: number): Promise<void> {
    await this.send({ do: 'releaseBatches', ...(lines !== undefined && { lines }) });
  }

  async expireBatches(): Promise<void> {
    await this.send({ do: 'expireBatches' });
  }

  batches(): Promise<WireBatch[]> {
    return this.send<WireBatch[]>({ do: 'batches' });
  }

  files(): Promise<FileObject[]> {
    return this.send<FileObject[]>({ do: 'files' });
  }

  async reset(): Promise<void> {
    await this.send({ do: 'reset' });
  }
}
