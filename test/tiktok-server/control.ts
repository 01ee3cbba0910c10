import type { QueryConditions } from './condition.ts';
import type { QuotaUse } from './daily-quota.ts';
import type { Fault, FaultRule } from './fault.ts';
import type { SettingChanges } from './server-settings.ts';
import type { TikTokServer } from './tiktok-server.ts';

interface Found {
  query: QueryConditions;
  from: string;
  to: string;
}

/** What `POST /__control` takes, one command a request. */
export type ControlCommand =
  | { do: 'inject'; faults: readonly (Fault | FaultRule)[] }
  | { do: 'pendingFaults' }
  | { do: 'configure'; changes: SettingChanges }
  | { do: 'advance'; ms: number }
  | { do: 'now' }
  | { do: 'expireTokens' }
  | { do: 'expireSearchIds' }
  | { do: 'spendQuota'; client: string; use: Partial<QuotaUse> }
  | { do: 'quotaUsed'; client: string }
  | { do: 'remove'; ids: readonly string[] }
  | { do: 'restore'; ids: readonly string[] }
  | ({ do: 'idsOf' } & Found)
  | ({ do: 'usernamesOf' } & Found)
  | ({ do: 'leastRequests' } & Found)
  | { do: 'commentIdsOf'; videoId: string }
  | { do: 'counts' }
  /** Those with a number above `after`. */
  | { do: 'requests'; after?: number }
  | { do: 'reset' }
  | { do: 'close' };

export function carryOut(command: ControlCommand, server: TikTokServer): unknown {
  switch (command.do) {
    case 'inject':
      return server.inject(...command.faults);
    case 'pendingFaults':
      return server.pendingFaults;
    case 'configure':
      return server.configure(command.changes);
    case 'advance':
      return server.advance(command.ms);
    case 'now':
      return server.nowMs;
    case 'expireTokens':
      return server.expireTokens();
    case 'expireSearchIds':
      return server.expireSearchIds();
    case 'spendQuota':
      return server.spendQuota(command.client, command.use);
    case 'quotaUsed':
      return server.quotaUsed(command.client);
    case 'remove':
      return server.remove(...command.ids);
    case 'restore':
      return server.restore(...command.ids);
    case 'idsOf':
      return server.idsOf(command.query, command.from, command.to);
    case 'usernamesOf':
      return server.usernamesOf(command.query, command.from, command.to);
    case 'leastRequests':
      return server.leastRequests(command.query, command.from, command.to);
    case 'commentIdsOf':
      return server.commentIdsOf(command.videoId);
    case 'counts':
      return server.counts();
    case 'requests':
      return server.requests.filter(({ number }) => number > (command.after ?? 0));
    case 'reset':
      return server.reset();
    case 'close':
      return null;
    default:
      throw new TypeError(`no such command: ${JSON.stringify(command)}`);
  }
}
