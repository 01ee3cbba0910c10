import { tally } from '../strict-server/tally.ts';
import type { Fault } from './fault.ts';

/** One request as the server saw it. Times are epoch milliseconds. */
export interface Call {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly requestId: string;
  /** The batch that it is a line of; null for what came over HTTP. */
  readonly batch: string | null;
  readonly receivedAt: number;
  /** Requests under way when it arrived, itself included. */
  readonly concurrency: number;
  model: string | null;
  /** sha256 of the exact bytes of the body. */
  bytesDigest: string;
  /** The same for equal forms too, whose bytes differ by their boundary; null for what was refused. */
  digest: string | null;
  /** Parsed; null for what couldn't be read and for calls older than the last `keepBodies`. */
  body: Readonly<Record<string, unknown>> | null;
  /** The status sent or about to be sent; null while undecided, and when the connection was reset instead. */
  status: number | null;
  errorCode: string | null;
  fault: Fault['kind'] | null;
  /** A model worked for it, so that the real service would charge for it, whether or not the answer arrived. */
  billed: boolean;
  /** The client was gone before the answer was all sent. */
  aborted: boolean;
  finishedAt: number | null;
}

export interface CallCounts {
  /** Over HTTP. */
  readonly total: number;
  /** Requests answered as lines of batches: in no other count but `billed` and `distinct`. */
  readonly batchLines: number;
  readonly billed: number;
  /** Different requests among the billed ones: `billed - distinct` were paid for more than once. */
  readonly distinct: number;
  readonly aborted: number;
  readonly inFlight: number;
  readonly highWater: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byModel: Readonly<Record<string, number>>;
  readonly byPath: Readonly<Record<string, number>>;
  readonly byFault: Readonly<Record<string, number>>;
}

export class CallLog {
  readonly #keepBodies: number;
  #calls: Call[] = [];
  #open = new Set<Call>();
  #withBody: Call[] = [];
  #highWater = 0;
  #number = 0;

  constructor(keepBodies: number) {
    this.#keepBodies = keepBodies;
  }

  begin(method: string, path: string, headers: Call['headers'], batch: string | null = null): Call {
    this.#number += 1;
    const call: Call = {
      number: this.#number,
      method,
      path,
      headers,
      requestId: `req_${crypto.randomUUID().replaceAll('-', '')}`,
      batch,
      receivedAt: Date.now(),
      concurrency: this.#open.size + 1,
      model: null,
      bytesDigest: '',
      digest: null,
      body: null,
      status: null,
      errorCode: null,
      fault: null,
      billed: false,
      aborted: false,
      finishedAt: null,
    };
    this.#calls.push(call);
    if (batch === null) this.#open.add(call);
    this.#highWater = Math.max(this.#highWater, this.#open.size);
    return call;
  }

  finish(call: Call): void {
    if (call.finishedAt !== null) return;
    this.#open.delete(call);
    call.finishedAt = Date.now();
    this.#withBody.push(call);
    // Requests with images would otherwise fill the memory in a long test.
    if (this.#withBody.length > this.#keepBodies) {
      const oldest = this.#withBody.shift();
      if (oldest) oldest.body = null;
    }
  }

  get calls(): readonly Call[] {
    return this.#calls;
  }

  counts(): CallCounts {
    const billed = this.#calls.filter((call) => call.billed);
    const online = this.#calls.filter((call) => call.batch === null);
    return {
      total: online.length,
      batchLines: this.#calls.length - online.length,
      billed: billed.length,
      distinct: new Set(billed.map(({ digest }) => digest)).size,
      aborted: online.filter((call) => call.aborted).length,
      inFlight: this.#open.size,
      highWater: this.#highWater,
      byStatus: tally(online.map(({ status }) => status)),
      byModel: tally(online.map(({ model }) => model)),
      byPath: tally(online.map(({ path }) => path)),
      byFault: tally(online.map(({ fault }) => fault)),
    };
  }

  /** Forgets what was; a request still under way stays in flight but is in no list. */
  reset(): void {
    this.#calls = [];
    this.#withBody = [];
    this.#highWater = this.#open.size;
    this.#number = 0;
  }
}
