import { RemoteServer, startServerProcess } from '../strict-server/remote-server.ts';
import type { QueryConditions } from './condition.ts';
import type { ControlCommand } from './control.ts';
import type { QuotaUse } from './daily-quota.ts';
import type { Fault, FaultRule } from './fault.ts';
import type { LoggedRequest, RequestCounts } from './request-log.ts';
import type { SettingChanges } from './server-settings.ts';
import type { TikTokServerOptions } from './tiktok-server.ts';

/** The server in a process of its own, which outlives any program under test; it ends with the test that started it. */
export class RemoteTikTokServer extends RemoteServer<ControlCommand> {
  static async start(options: TikTokServerOptions = {}): Promise<RemoteTikTokServer> {
    const { port = 0, population = 'small', faults = [], ...changes } = options;
    const main = new URL('main.ts', import.meta.url);
    const name = typeof population === 'string' ? population : JSON.stringify(population);
    const args = ['--port', String(port), '--population', name];
    const server = new RemoteTikTokServer(await startServerProcess(main, args));
    await server.configure(changes);
    await server.inject(...faults);
    return server;
  }

  requests(after = 0): Promise<LoggedRequest[]> {
    return this.send({ do: 'requests', after });
  }

  counts(): Promise<RequestCounts> {
    return this.send({ do: 'counts' });
  }

  inject(...faults: readonly (Fault | FaultRule)[]): Promise<void> {
    return this.send({ do: 'inject', faults });
  }

  pendingFaults(): Promise<FaultRule[]> {
    return this.send({ do: 'pendingFaults' });
  }

  configure(changes: SettingChanges): Promise<void> {
    return this.send({ do: 'configure', changes });
  }

  nowMs(): Promise<number> {
    return this.send({ do: 'now' });
  }

  advance(ms: number): Promise<void> {
    return this.send({ do: 'advance', ms });
  }

  expireTokens(): Promise<void> {
    return this.send({ do: 'expireTokens' });
  }

  expireSearchIds(): Promise<void> {
    return this.send({ do: 'expireSearchIds' });
  }

  spendQuota(client: string, use: Partial<QuotaUse>): Promise<void> {
    return this.send({ do: 'spendQuota', client, use });
  }

  quotaUsed(client: string): Promise<QuotaUse> {
    return this.send({ do: 'quotaUsed', client });
  }

  remove(...ids: readonly string[]): Promise<void> {
    return this.send({ do: 'remove', ids });
  }

  restore(...ids: readonly string[]): Promise<void> {
    return this.send({ do: 'restore', ids });
  }

  idsOf(query: QueryConditions, from: string, to: string): Promise<string[]> {
    return this.send({ do: 'idsOf', query, from, to });
  }

  usernamesOf(query: QueryConditions, from: string, to: string): Promise<string[]> {
    return this.send({ do: 'usernamesOf', query, from, to });
  }

  leastRequests(query: QueryConditions, from: string, to: string): Promise<number> {
    return this.send({ do: 'leastRequests', query, from, to });
  }

  commentIdsOf(videoId: string): Promise<string[]> {
    return this.send({ do: 'commentIdsOf', videoId });
  }

  reset(): Promise<void> {
    return this.send({ do: 'reset' });
  }
}
