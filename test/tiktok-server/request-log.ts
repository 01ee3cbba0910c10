import { tally } from '../strict-server/tally.ts';
import type { Fault } from './fault.ts';
import type { Endpoint, RequestFacts } from './request-filter.ts';

/** One request as the server saw it; `facts` of one that was refused before it was read are null. */
export interface LoggedRequest {
  readonly number: number;
  /** Milliseconds of the server's clock. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly logId: string;
  endpoint: Endpoint | null;
  /** As it came, but for a client's secret. */
  body: string;
  facts: RequestFacts | null;
  /** Number of the access token, counted from 1 as they were issued. */
  token: number | null;
  client: string | null;
  /** Null while undecided, and when the connection was reset instead. */
  status: number | null;
  /** `ok` or the code of the error; null when there is none in the answer. */
  code: string | null;
  fault: Fault['kind'] | null;
  /** Rows in the answer. */
  rows: number;
  usedQuota: boolean;
  /** The search_id in the answer. */
  givenSearchId: string | null;
  /** A cursor was sent without a search_id: what is answered is of a new search and does not go on where the last page ended. */
  lostThread: boolean;
  /** The client was gone before the answer was all sent. */
  aborted: boolean;
}

export interface RequestCounts {
  readonly total: number;
  /** Those that used quota. */
  readonly usedQuota: number;
  readonly rows: number;
  readonly lostThread: number;
  readonly byEndpoint: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byCode: Readonly<Record<string, number>>;
  readonly byFault: Readonly<Record<string, number>>;
}

export class RequestLog {
  #requests: LoggedRequest[] = [];

  begin(method: string, path: string, atMs: number): LoggedRequest {
    const number = this.#requests.length + 1;
    const entry: LoggedRequest = {
      number,
      atMs,
      method,
      path,
      logId: logIdAt(atMs),
      endpoint: null,
      body: '',
      facts: null,
      token: null,
      client: null,
      status: null,
      code: null,
      fault: null,
      rows: 0,
      usedQuota: false,
      givenSearchId: null,
      lostThread: false,
      aborted: false,
    };
    this.#requests.push(entry);
    return entry;
  }

  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  counts(): RequestCounts {
    const all = this.#requests;
    return {
      total: all.length,
      usedQuota: all.filter(({ usedQuota }) => usedQuota).length,
      rows: all.reduce((total, { rows }) => total + rows, 0),
      lostThread: all.filter(({ lostThread }) => lostThread).length,
      byEndpoint: tally(all.map(({ endpoint }) => endpoint)),
      byStatus: tally(all.map(({ status }) => status)),
      byCode: tally(all.map(({ code }) => code)),
      byFault: tally(all.map(({ fault }) => fault)),
    };
  }

  reset(): void {
    this.#requests = [];
  }
}

/** As in recorded replies: `20240405132544A8A35938AA061A19F445`. */
const logIdAt = (atMs: number): string =>
  new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(0, 14) +
  crypto.randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase();
