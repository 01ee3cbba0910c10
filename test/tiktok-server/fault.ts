import type { FaultSchedule } from '../strict-server/fault-queue.ts';
import type { RequestFacts, RequestFilter } from './request-filter.ts';

/** One way for a correct request to go wrong. All of it can be sent as JSON. */
export type Fault =
  /** 401; the token it was sent with is refused from then on. */
  | { kind: 'access_token_invalid' }
  | { kind: 'scope_not_authorized' }
  /** 429 that passes. */
  | { kind: 'rate_limit' }
  /** 429 till midnight: the rest of the client's day is used up with it. */
  | { kind: 'daily_quota' }
  /** 500 `internal_error`, which uses quota. */
  | { kind: 'server_error' }
  /** 504 with the HTML page of a gateway, which uses quota; the real one takes about 4 minutes. */
  | { kind: 'gateway_timeout'; afterMs?: number }
  /** Any error in the API's shape. */
  | { kind: 'error'; status: number; code: string; message: string }
  /** Of `oauth/token`: a flat error, with 200 unless said. */
  | { kind: 'token_error'; status?: number; error?: string }
  /** 200 with an HTML page: a captive portal, a proxy. */
  | { kind: 'html' }
  /** 200 with the first half of the JSON and a content-length that agrees with it. */
  | { kind: 'truncated_json' }
  /** The request has its effect, and the connection is reset before the answer, after its headers or in its body. */
  | { kind: 'reset'; after: 'request' | 'headers' | 'body' }
  /** No answer for `ms` milliseconds, then a normal one; without `ms` none until the client gives up. */
  | { kind: 'hang'; ms?: number }
  /** "Search Id N is invalid or expired", though it is neither. */
  | { kind: 'search_id_invalid' }
  /** "Invalid count or cursor" on a later page, though both are right. */
  | { kind: 'invalid_cursor' }
  /** So many rows, the cursor on by `max_count` all the same, and the other rows on later pages. */
  | { kind: 'short_page'; rows: number }
  /** No row, `has_more`, and the rows on later pages; `times: 'always'` has no end. */
  | { kind: 'empty_page' }
  /** The reply has another search_id, and the one before is invalid unless `keepOld`. */
  | { kind: 'search_id_changes'; keepOld?: boolean }
  /** The first video of this page again: as its second row, or as the first row of the next page. */
  | { kind: 'duplicate'; on: 'page' | 'next' }
  /** An id as a double: wrong in its last digits. Or with the time of another year in it. */
  | { kind: 'corrupt_id'; how: 'rounded' | 'foreign' }
  /** `create_time` off by so many seconds: it no longer agrees with the id, which is right. */
  | { kind: 'wrong_time'; byS: number }
  | { kind: 'nul_username' }
  /** Every row of the page lacks these. */
  | { kind: 'without_fields'; fields: readonly string[] }
  /** The other of array and object in what the documentation calls Struct. */
  | { kind: 'other_structs' };

export interface FaultRule extends RequestFilter, FaultSchedule {
  readonly fault: Fault;
}

const rowFaults: ReadonlySet<Fault['kind']> = new Set([
  'short_page',
  'empty_page',
  'search_id_changes',
  'duplicate',
  'corrupt_id',
  'wrong_time',
  'nul_username',
  'without_fields',
  'other_structs',
] as const);

/** Faults of the research endpoints, which know of tokens, scopes and quota. */
const researchFaults: ReadonlySet<Fault['kind']> = new Set([
  'access_token_invalid',
  'scope_not_authorized',
  'rate_limit',
  'daily_quota',
] as const);

export function canHappen(kind: Fault['kind'], { endpoint, page, searchId }: RequestFacts): boolean {
  if (kind === 'token_error') return endpoint === 'oauth/token';
  if (kind === 'search_id_invalid') return endpoint === 'video/query' && searchId !== null;
  if (kind === 'invalid_cursor') return (page ?? 0) > 0;
  if (rowFaults.has(kind)) return endpoint === 'video/query';
  return endpoint !== 'oauth/token' || !researchFaults.has(kind);
}
