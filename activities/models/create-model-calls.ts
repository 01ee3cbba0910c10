import { setTimeout as sleep } from 'node:timers/promises';
import { type BlobStore, MissingBlobError } from '../../manifests/blob-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { Call } from '../../datasets/call.ts';
import type { PriceTable } from '../../datasets/prices/price-table.ts';
import { failed, type NotMade } from '../step-kind.ts';
import { openAnswerJournal, type RecordedAnswer, untilWritten } from './answer-journal.ts';
import { type Asked, callOfAnswer, callOfRefusal } from './call-of-answer.ts';
import type { ClientPool, Endpoint } from './client-pool.ts';
import type { AskLimits, ModelAnswer, ModelCalls } from './model-calls.ts';
import { providerFailure } from './provider-failure.ts';
import { ProviderUnavailableError } from './provider-unavailable-error.ts';
import { requestKey } from './request-key.ts';
import { LONGEST_WAIT_MS, waitBeforeTry } from './retry-wait.ts';
import { type RawAnswer, type SendableBody, sendableBody, sendRequest } from './send-request.ts';
import { type ReadAnswer, readAnswer } from './usable-answer.ts';

export interface ModelCallsOptions {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  /** `journal/<dataset>/<step>`. */
  readonly journalPrefix: string;
  readonly rowId: string;
  readonly run: string;
  /** The cell failed before and is asked again (`--retry`): answers of earlier runs don't count. */
  readonly askAgain: boolean;
  readonly clients: ClientPool;
  readonly signal: AbortSignal;
  readonly prices: PriceTable;
  readonly record: (call: Call) => void;
}

/** The models as one cell asks them. Cheap to make: connections belong to the pool. */
export function createModelCalls(options: ModelCallsOptions): ModelCalls {
  const { store, blobs, journalPrefix, rowId, run, askAgain, clients, signal, prices, record } = options;
  const journal = openAnswerJournal({ store, prefix: journalPrefix, rowId });

  async function ask(asked: Asked, limits: AskLimits): Promise<ModelAnswer | NotMade> {
    const answers = [...(await journal.find(asked.requestKey))];
    let known: ReadAnswer | null = null;
    for (const answer of answers) if (!askAgain || answer.run === run) known = await readRecorded(asked, answer);
    if (known?.kind === 'usable') return known;

    const endpoint = clients.endpoint(asked.model);
    if (endpoint === null)
      return failed(
        'engine_unavailable',
        'No speech engine runs on this machine. See what is missing with: gettok doctor',
      );
    const body = await sendableBody(asked.request, blobs);
    const before = answers.length;
    for (let tries = 1; ; tries += 1) {
      const sending = { endpoint, body, timeoutMs: limits.timeoutMs, attempt: before + tries };
      const tried = await tryOnce(asked, sending, answers);
      if ('outcome' in tried) return tried.outcome;
      const waitMs = waitBeforeTry(tries, tried.retryAfterMs);
      if (tries >= limits.tries && tried.empty) return failed('unparseable', `${endpoint.name} sent ${tried.reason}.`);
      if (tries >= limits.tries || waitMs > LONGEST_WAIT_MS)
        throw new ProviderUnavailableError(endpoint.name, tried.reason, tries, tried.retryAfterMs);
      await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  async function tryOnce(asked: Asked, sending: Sending, answers: RecordedAnswer[]): Promise<Tried> {
    const { endpoint, body, timeoutMs, attempt } = sending;
    const startedMs = Date.now();
    let raw: RawAnswer;
    try {
      raw = await sendRequest(endpoint, asked.request.endpoint, body, { timeoutMs, signal });
    } catch (error) {
      const failure = providerFailure(error, endpoint, asked.model);
      if (failure === null) throw error;
      if (failure.kind === 'run') throw failure.error;
      if (failure.kind === 'passing') return { ...failure, empty: false };
      const { outcome, requestId } = failure;
      const sent = { request_id: requestId, attempt, started_ms: startedMs, ended_ms: Date.now() };
      if (outcome.code !== 'engine_unavailable') record(callOfRefusal(asked, sent));
      return { outcome };
    }
    // Durable before anybody looks into it: from here on this answer is never paid for again.
    const answer: RecordedAnswer = {
      answer: await untilWritten(() => blobs.put(raw.bytes)),
      status: raw.status,
      run,
      request_id: raw.requestId,
      attempt,
      started_ms: raw.startedMs,
      ended_ms: raw.endedMs,
    };
    answers.push(answer);
    await journal.record(asked.requestKey, answers);
    const read = recordRead(asked, answer, raw.bytes);
    if (read.kind === 'usable') return { outcome: read };
    return {
      reason: endpoint.redact(read.found).toWellFormed().slice(0, 500),
      retryAfterMs: null,
      empty: read.kind === 'empty',
    };
  }

  /** An answer whose bytes are gone is as good as none: it is asked for again. */
  async function readRecorded(asked: Asked, answer: RecordedAnswer): Promise<ReadAnswer | null> {
    try {
      return recordRead(asked, answer, await blobs.get(answer.answer));
    } catch (error) {
      if (error instanceof MissingBlobError) return null;
      throw error;
    }
  }

  function recordRead(asked: Asked, answer: RecordedAnswer, bytes: Buffer): ReadAnswer {
    const read = readAnswer(bytes, asked.request.endpoint);
    record(callOfAnswer(asked, answer, read.kind === 'broken' ? {} : read.body, prices));
    return read;
  }

  return {
    ask: (model, request, limits) => ask({ model, request, requestKey: requestKey(model, request) }, limits),
    note: record,
  };
}

interface Sending {
  readonly endpoint: Endpoint;
  readonly body: SendableBody;
  readonly timeoutMs: number;
  /** From 1, over all runs as far as the journal knows. */
  readonly attempt: number;
}

type Tried =
  | { readonly outcome: ModelAnswer | NotMade }
  | { readonly reason: string; readonly retryAfterMs: number | null; readonly empty: boolean };
