import type { CollectRequest } from './collect-tools.ts';
import type { JsonObject } from './api-json.ts';

/** An API that gives rows, for one account. It sends and it reads; tries, waits, quota and journal are the engine's. */
export interface CollectApi {
  /** Names whose daily quota is used; no secret can be found out from it. */
  readonly account: string;
  readonly requestsADay: number;
  /** How long it is left alone when it answers nothing, one time after the other; then what fails is left as failed. */
  readonly outageWaitsMs?: readonly number[];
  /**
   * Sends one request with a token that is valid, whatever the HTTP status of the reply. Throws `ApiUnreachableError`
   * when there is no reply, and another `GettokError`, which stops the run, when nothing can be sent: no token is to be had.
   */
  send(request: Pick<CollectRequest, 'endpoint' | 'fields' | 'body'>, signal: AbortSignal): Promise<ApiReply>;
  /** The next request gets a new token, unless another request has seen to that already. */
  dropToken(usedBy: ApiReply): void;
  read(reply: ApiReply): ReadReply;
}

export interface ApiReply {
  readonly status: number;
  readonly contentType: string | null;
  /** As it came, decoded as UTF-8. */
  readonly body: string;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  /** What time it is for the server, as its reply says; its quota goes by that. */
  readonly serverTimeMs?: number | null;
  /** Which token the request was sent with: no part of the token itself. */
  readonly token: number;
}

/** `code` is the API's own word (`rate_limit_exceeded`), or ours where it has none (`no_json`); for the log. */
export type ReadReply = { readonly code: string; readonly message: string; readonly logId: string | null } & (
  | { readonly kind: 'ok'; readonly data: JsonObject }
  /** The token was refused: ask again with another. */
  | { readonly kind: 'token' }
  /** Passes: ask again, not before `afterMs`; at most `tries` times in all, since each may cost quota. */
  | { readonly kind: 'retry'; readonly afterMs: number; readonly tries: number }
  /** Nothing more is answered before that time. */
  | { readonly kind: 'quota'; readonly untilMs: number }
  /** What this one request asks for is not to be had. */
  | { readonly kind: 'refused' }
  /** No request of this kind will be answered: stops the run. `advice` says what a person can do, in whole sentences. */
  | { readonly kind: 'fatal'; readonly advice: string }
);
