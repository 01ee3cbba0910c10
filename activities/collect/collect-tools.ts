import type { CellValue } from '../../datasets/column-type.ts';
import type { Coverage } from '../../datasets/coverage.ts';
import type { Params } from '../../datasets/step-kind.ts';
import type { JsonObject } from './api-json.ts';
import type { NotMade } from '../step-kind.ts';

/** One request to an API that gives rows, as it is journaled, logged and sent. */
export interface CollectRequest {
  /** What it belongs to: a window such as `2022-11-20/2022-11-22`, or one item such as the id of a video. */
  readonly unit: string;
  /** Raised when a unit is asked anew from its first page, since the API lost the thread. */
  readonly round: number;
  /** Number of the page within its round, from 0. */
  readonly page: number;
  /** Path below the API's base, such as `video/query`. */
  readonly endpoint: string;
  readonly fields: readonly string[];
  /** JSON text exactly as it is sent: ids in it may be numbers that no JavaScript number holds. */
  readonly body: string;
}

/** What came of a request; everything but `stopped` is in the log. `request` names its row there. */
export type CollectReply =
  | {
      readonly kind: 'ok';
      readonly data: JsonObject;
      readonly request: string;
      readonly answeredAtMs: number;
    }
  /** The API says that what this request asks for is not to be had: asking again is no use. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly request: string }
  /** Still no answer after all tries; others may be answered. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly request: string }
  /** The run may ask nothing more (`--max-requests`): it wasn't sent. */
  | { readonly kind: 'stopped'; readonly why: string };

/** What the parent version has of the same query. */
export interface EarlierCollection {
  /** Null when the parent has none, or one of another query. */
  readonly coverage: Coverage | null;
  /** Its rows, in order of partition and id; `status` and `errorCode` are those of the row. */
  rows(): AsyncIterable<EarlierRow>;
  /** Units that were asked to their end, by the log. */
  completeUnits(): Promise<ReadonlySet<string>>;
  /** When each unit was last asked to its end or refused, in epoch milliseconds, by the log. */
  answeredAt(): Promise<ReadonlyMap<string, bigint>>;
}

export interface EarlierRow {
  readonly id: string;
  readonly values: { readonly [column: string]: CellValue };
  readonly status: 'ok' | 'skipped' | 'failed';
  readonly errorCode: string | null;
}

/** What a kind that collects may use. */
export interface CollectTools {
  readonly tuning: Params;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970 at which this run began: what is today, also when it is resumed on another day. */
  readonly startedAtMs: number;
  /** What was collected is asked for again, as a new observation. */
  readonly refresh: boolean;
  readonly onDeleted: 'flag' | 'withdraw';
  /** Codes of failed rows that are asked again; `*` is any. */
  readonly askAgain: readonly string[];
  readonly earlier: EarlierCollection;
  /** Distinct values of the column that `from` names, sorted; empty for a kind without. */
  seeds(): Promise<readonly string[]>;
  /**
   * Asks once, and is durable before it returns: a run that is killed and resumed is given the recorded replies to the
   * same requests again, without asking. Waits out what passes; a long wait ends the activity, which begins anew later.
   */
  ask(request: CollectRequest): Promise<CollectReply>;
  /** The unit was asked to its end: it is not asked again until it is refreshed, and its pages needn't be kept. */
  complete(unit: string): void;
  /** The recorded pages of the unit lead nowhere: the next run asks it from its first page, not from where this one ended. */
  abandon(unit: string): void;
  /** For the log: what was noticed in a reply, counted by name, such as `duplicate` or `id_time_mismatch`. */
  note(request: string, what: string, count?: number): void;
}

/** A row, or that an earlier one is to leave. A later row of the same id takes the place of an earlier one. */
export type Collected =
  | {
      readonly kind: 'row';
      readonly id: string;
      readonly values: { readonly [column: string]: CellValue };
      /** The request whose reply it stood in: where it came from, for `why`. */
      readonly request: string;
      /** Instead of values: why this item has none. */
      readonly failure?: NotMade;
    }
  | { readonly kind: 'withdrawn'; readonly id: string };

export type { CollectEstimate } from '../../datasets/plan/collect-estimate.ts';
