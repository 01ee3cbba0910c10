import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '../../manifests/blob-store.ts';
import { type Digest, sha256 } from '../../manifests/digest.ts';
import { answerName, type RecordedAnswer } from '../../datasets/answers-file.ts';
import type { Call } from '../../datasets/call.ts';
import type { JsonObject } from '../../datasets/declaration/json-object.ts';
import type { PriceTable } from '../../datasets/prices/price-table.ts';
import { failed, type NotMade } from '../step-kind.ts';
import type { AnswerBook } from './answers/answer-book.ts';
import type { DeferredRequests } from './batch/deferred-requests.ts';
import { type Asked, callOfAnswer, callOfRefusal } from './call-of-answer.ts';
import type { ClientPool, Endpoint } from './client-pool.ts';
import type { AskLimits, ModelAnswer, ModelCalls } from './model-calls.ts';
import { EXHAUSTED_AT_MOST, type Outage } from './outage.ts';
import { LongPauseError, type PaceKeeper } from './pace/pace-keeper.ts';
import { type PassingFailure, providerFailure } from './provider-failure.ts';
import { ProviderUnavailableError } from './provider-unavailable-error.ts';
import { requestKey } from './request-key.ts';
import { requestTokens } from './request-tokens.ts';
import { LONGEST_WAIT_MS, waitBeforeTry } from './retry-wait.ts';
import { type RawAnswer, sendableBody, sendRequest } from './send-request.ts';
import type { StepMeter } from './step-meter.ts';
import { type ReadAnswer, readAnswer } from './usable-answer.ts';

/** One cell that asks. */
export interface AskingCell {
  readonly id: string;
  readonly cellKey: Digest;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** Ends what waits for its turn; a request under way goes on, since it is paid for. */
  readonly waiting: AbortSignal;
  /** Answers that a failed cell was made from, by `answerName`: when it is asked again they don't count. */
  readonly ignored: ReadonlySet<string>;
  /** Receives each request, for the cell's provenance. */
  readonly record: (call: Call) => void;
}

export interface ModelCallsOptions extends AskingCell {
  readonly blobs: BlobStore;
  readonly book: AnswerBook;
  readonly run: string;
  readonly clients: ClientPool;
  readonly prices: PriceTable;
  readonly paceOf: (asked: Asked, endpoint: Endpoint) => PaceKeeper;
  readonly outageOf: (asked: Asked, endpoint: Endpoint) => Outage;
  /** Whether a provider that answers nobody is waited for; else requests fail one by one. */
  readonly isPatient: boolean;
  /** Sets aside what the request may cost; null where there is no budget. */
  readonly reserve: ((asked: Asked) => Promise<SetAside>) | null;
  readonly deferred: DeferredRequests;
  /** Requests of a lower number go first. */
  readonly order: number;
  readonly meter: StepMeter;
}

/** Money set aside for one request. */
export interface SetAside {
  /** What it cost in the end, in nano-dollars; null when that is unknown: then all that was set aside is. */
  settle(costNanoUsd: bigint | null): void;
}

/** A request like these that is answered so often in no readable form isn't asked again. */
const UNREADABLE_AT_MOST = 2;
/** Rate limits are no fault of the request; a provider that never lets it through is as good as down. */
const RATE_LIMITED_AT_MOST = 30;

/** The models as one cell asks them. Cheap to make: connections, pace and answers belong to others. */
export function createModelCalls(options: ModelCallsOptions): ModelCalls {
  const { id, order, cellKey, signal, waiting, ignored, blobs, book, run, clients, prices, paceOf, outageOf, meter } =
    options;
  const record = (call: Call) => {
    meter.note(call);
    options.record(call);
  };

  async function ask(asked: Asked, limits: AskLimits, isUsable: IsUsable): Promise<ModelAnswer | NotMade> {
    const answers = await book.find(id, asked.requestKey);
    const counted = answers.map((answer) => ({ answer, read: readAndRecord(asked, answer) }));
    const valid = counted.flatMap(({ answer, read }) => (ignored.has(answerName(answer)) ? [] : [read]));
    const judged = judge(valid, isUsable);
    if (judged) return judged;

    const endpoint = clients.endpoint(asked.model);
    if (endpoint === null)
      return failed(
        'engine_unavailable',
        'No speech engine runs on this machine. See what is missing with: gettok doctor',
      );
    options.deferred.add({ id, cellKey, asked, endpoint, attempt: answers.length + 1 });
    return await askNow({ asked, endpoint, limits, isUsable, before: answers.length, reads: valid });
  }

  async function askNow({ asked, endpoint, limits, isUsable, before, reads }: Asking): Promise<ModelAnswer | NotMade> {
    const outage = outageOf(asked, endpoint);
    let tries = 0;
    let rateLimited = 0;
    for (let sent = 1; ; sent += 1) {
      const tried = await tryOnce(asked, endpoint, limits.timeoutMs, { attempt: before + sent, first: sent > 1 });
      if ('outcome' in tried && !(tried.outcome.code === 'engine_unavailable' && outage.everAnswered))
        return tried.outcome;
      if ('read' in tried) {
        reads.push(tried.read);
        if (tried.read.kind !== 'broken') outage.answered(tried.endedMs);
        const judged = judge(reads, isUsable);
        if (judged) return judged;
      }
      const passing = 'read' in tried ? passingOf(tried.read) : 'outcome' in tried ? gone(tried.outcome) : tried;
      if (passing.code === 'rate_limited') rateLimited += 1;
      else tries += 1;
      const waitMs = waitBeforeTry(Math.max(1, tries), passing.retryAfterMs);
      const reason = endpoint.redact(passing.reason).toWellFormed().slice(0, 500);
      const found = `${endpoint.name} gave no answer in ${sent === 1 ? 'one try' : `${sent} tries`}: ${reason}.`;
      const down = () => new ProviderUnavailableError(found, passing.retryAfterMs, passing.code);
      if (waitMs > LONGEST_WAIT_MS || rateLimited >= RATE_LIMITED_AT_MOST) throw down();
      if (tries >= limits.tries) {
        const unreadable = judge(reads, isUsable, 1);
        if (unreadable) return unreadable;
        outage.exhausted(Date.now());
        if (options.isPatient && outage.inARow > EXHAUSTED_AT_MOST) throw down();
        return failed(passing.code, found);
      }
      // Where the provider says how long, the pace-keeper waits, for all requests at once.
      if (passing.code !== 'rate_limited' || passing.retryAfterMs === null)
        await meter.betweenTries(sleep(waitMs, undefined, { signal: waiting })).catch(() => waiting.throwIfAborted());
    }
  }

  /** One request, from the moment it may be sent until its answer is durable: so long it holds its slot. */
  async function tryOnce(
    asked: Asked,
    endpoint: Endpoint,
    timeoutMs: number,
    { attempt, first }: { readonly attempt: number; readonly first: boolean },
  ): Promise<Tried> {
    const pace = paceOf(asked, endpoint);
    const turn = pace.take(requestTokens(asked.request), {
      signal: waiting,
      first,
      order,
      longestPauseMs: LONGEST_WAIT_MS,
    });
    using slot = await meter.inLine(pace, turn).catch((error: unknown) => {
      if (!(error instanceof LongPauseError)) throw error;
      throw new ProviderUnavailableError(`${endpoint.name} asked for a pause.`, error.ms, 'rate_limited');
    });
    const body = await sendableBody(asked.request, blobs);
    const setAside = await options.reserve?.(asked);
    // It may have waited for its money: a run that ended meanwhile sends nothing more.
    if (waiting.aborted) setAside?.settle(0n);
    waiting.throwIfAborted();
    const startedMs = Date.now();
    let raw: RawAnswer;
    try {
      raw = await sendRequest(endpoint, asked.request.endpoint, body, { timeoutMs, signal });
      slot.answered(raw);
    } catch (error) {
      const failure = providerFailure(error, endpoint, asked.model);
      // What was refused costs nothing; of a request whose end is unknown the provider may have made the answer.
      setAside?.settle(failure?.response ? 0n : null);
      if (failure === null) throw error;
      if (failure.response) slot.answered(failure.response);
      else slot.lost();
      if (failure.kind === 'run') throw failure.error;
      if (failure.kind === 'passing') return failure;
      const { outcome, requestId } = failure;
      const sent = { requestId, attempt, startedMs, endedMs: Date.now() };
      if (outcome.code !== 'engine_unavailable') record(callOfRefusal(asked, sent));
      return { outcome };
    }
    try {
      const answer: RecordedAnswer = {
        id,
        requestKey: asked.requestKey,
        cellKey,
        answer: sha256(raw.bytes),
        status: raw.status,
        requestId: raw.requestId,
        run,
        attempt,
        startedMs: raw.startedMs,
        endedMs: raw.endedMs,
        batch: false,
        bytes: raw.bytes,
      };
      // Durable before anybody looks into it: from here on this answer is never paid for again.
      await book.record(answer);
      const read = readAnswer(raw.bytes, asked.request.endpoint);
      const call = callOfAnswer(asked, answer, bodyOf(read), prices);
      setAside?.settle(call.cost_nano_usd);
      record(call);
      return { read, endedMs: raw.endedMs };
    } finally {
      // An answer that could not be kept is paid for all the same; of two amounts the first counts.
      setAside?.settle(null);
    }
  }

  function readAndRecord(asked: Asked, answer: RecordedAnswer): ReadAnswer {
    const read = readAnswer(answer.bytes, asked.request.endpoint);
    record(callOfAnswer(asked, answer, bodyOf(read), prices));
    return read;
  }

  return {
    ask: (model, request, limits, isUsable = () => true) =>
      ask({ model, request, requestKey: requestKey(model, request) }, limits, isUsable),
    note: record,
  };
}

type IsUsable = (body: JsonObject) => boolean;

const bodyOf = (read: ReadAnswer): JsonObject => (read.kind === 'broken' ? {} : read.body);

/** What the answers so far mean for the cell; null when it has to be asked (again). */
function judge(
  reads: readonly ReadAnswer[],
  isUsable: IsUsable,
  unreadableAtMost = UNREADABLE_AT_MOST,
): ModelAnswer | NotMade | null {
  const usable = reads.findLast((read) => read.kind === 'usable' && isUsable(read.body));
  if (usable?.kind === 'usable') return usable;
  const unreadable = reads.filter((read) => read.kind !== 'broken');
  if (unreadable.length < unreadableAtMost) return null;
  const last = unreadable.at(-1)!;
  return last.kind === 'usable' ? last : failed('unparseable', `The provider sent ${last.found}.`);
}

interface Asking {
  readonly asked: Asked;
  readonly endpoint: Endpoint;
  readonly limits: AskLimits;
  readonly isUsable: IsUsable;
  /** Answers that the row has to this request already. */
  readonly before: number;
  readonly reads: ReadAnswer[];
}

type Tried =
  /** What is wrong with this request. */
  | { readonly outcome: NotMade }
  /** An answer, durable. */
  | { readonly read: ReadAnswer; readonly endedMs: number }
  | PassingFailure;

/** A server that has answered before, and isn't there at the moment. */
const gone = ({ message }: NotMade): PassingFailure => ({
  kind: 'passing',
  code: 'provider_error',
  reason: message ?? 'it can’t be reached',
  retryAfterMs: null,
});

/** An answer that can't be used passes too, as long as there are tries left. */
const passingOf = (read: ReadAnswer): PassingFailure => ({
  kind: 'passing',
  code: 'provider_error',
  reason: read.kind === 'usable' ? 'an answer in no readable form' : read.found,
  retryAfterMs: null,
});
