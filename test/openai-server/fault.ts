import type { FaultSchedule } from '../strict-server/fault-queue.ts';
import { batchesPath } from './batch/batches-endpoint.ts';
import { chatPath } from './chat-endpoint.ts';
import type { RequestFilter } from './request-filter.ts';
import type { ServedRequest } from './served-request.ts';

/** One way for a correct request to go wrong. All of it can be sent as JSON. */
export type Fault =
  /** Any status, body and headers; an object is sent as JSON. */
  | { kind: 'status'; status: number; body?: string | object; headers?: Readonly<Record<string, string>> }
  /** 429 `rate_limit_exceeded`; the headers retry-after and retry-after-ms when a wait is given. */
  | { kind: 'rate_limit'; retryAfterMs?: number }
  /** 429 that no waiting helps. */
  | { kind: 'insufficient_quota' }
  | { kind: 'server_error' }
  /** 503 with the HTML page of a gateway. */
  | { kind: 'unavailable_html' }
  /** 200 with an HTML page instead of an answer: a captive portal, a proxy. */
  | { kind: 'html' }
  /** 200 with the first half of the JSON and a content-length that agrees with it. */
  | { kind: 'truncated_json' }
  | { kind: 'empty_choices' }
  | { kind: 'missing_usage' }
  | { kind: 'refusal'; refusal?: string }
  /** finish_reason content_filter and no content. */
  | { kind: 'content_filter' }
  /** finish_reason length and the first half of the content. */
  | { kind: 'length' }
  /** An answer in the model's words whatever the schema says: not JSON, an unknown label. */
  | { kind: 'content'; content: string | null }
  /** A complete reply without these members at any depth, as compatible servers leave them out. */
  | { kind: 'without'; members: readonly string[] }
  | { kind: 'slow'; ms: number }
  /** No answer for `ms` milliseconds, then a normal one; without `ms` none until the client gives up. */
  | { kind: 'hang'; ms?: number }
  /** The connection is reset before anything is sent, after the headers, or in the middle of the body. */
  | { kind: 'reset'; after: 'request' | 'headers' | 'body' }
  /** The first half of the body, and then nothing more until the client gives up. */
  | { kind: 'stall' }
  /** The batch is created and fails its validation: `token_limit_exceeded` and what else is known of the real one. */
  | { kind: 'batch_failed'; error: { code: string; message: string; line?: number } }
  /** The window closes before so many of the batch's lines were answered. */
  | { kind: 'batch_expired'; lines: number }
  /**
   * One line of its results is wrong, the first unless it is the `last`: cut in half; with a custom id that nobody gave; or
   * a copy of another line, so that an id is there twice.
   */
  | { kind: 'batch_wrong_line'; wrong: 'half' | 'unknown_id' | 'twice'; last?: boolean }
  /** The batch is created, and nobody knows it afterwards. */
  | { kind: 'batch_lost' };

export interface FaultRule extends RequestFilter, FaultSchedule {
  readonly fault: Fault;
}

/** Faults that alter a chat completion and mean nothing elsewhere. */
const chatFaults: ReadonlySet<Fault['kind']> = new Set([
  'empty_choices',
  'refusal',
  'content_filter',
  'length',
  'content',
] as const);

/** Faults of a batch as a whole, which its creation takes; of its lines any other fault that is no matter of transport. */
const batchFaults: ReadonlySet<Fault['kind']> = new Set([
  'batch_failed',
  'batch_expired',
  'batch_wrong_line',
  'batch_lost',
] as const);

/** Faults of a connection, which the line of a batch has none of. */
const transportFaults: ReadonlySet<Fault['kind']> = new Set([
  'unavailable_html',
  'html',
  'truncated_json',
  'slow',
  'hang',
  'reset',
  'stall',
] as const);

export function canHappen(kind: Fault['kind'], { path, method, batch }: ServedRequest): boolean {
  if (chatFaults.has(kind)) return path === chatPath;
  if (batchFaults.has(kind)) return path === batchesPath && method === 'POST';
  return batch === undefined || !transportFaults.has(kind);
}
