import { digestOf, hexOf, sha256 } from '../../../manifests/digest.ts';
import { GettokError } from '../../../manifests/gettok-error.ts';
import type { BlobStore } from '../../../manifests/blob-store.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import type { PriceTable } from '../../../datasets/prices/price-table.ts';
import type { AnswerBook } from '../answers/answer-book.ts';
import type { JournalPlace } from '../answers/answer-journal.ts';
import type { Budget } from '../budget/budget.ts';
import { costOfAnswer } from '../call-of-answer.ts';
import type { ClientPool, Endpoint } from '../client-pool.ts';
import { BatchPutOffError } from '../provider-unavailable-error.ts';
import { sendableBody } from '../send-request.ts';
import { readAnswer } from '../usable-answer.ts';
import { type BatchFile, batchFiles, type BatchLine, type BatchPath } from './batch-file.ts';
import { type BatchNote, dropBatchNote, readBatchNotes, writeBatchNote } from './batch-notes.ts';
import { lineFailure } from './line-failure.ts';
import { batchResults, BatchResultsGoneError } from './batch-results.ts';
import { type BatchState, hasEnded } from './batch-state.ts';
import { cancelBatch } from './cancel-batch.ts';
import type { DeferredRequest } from './deferred-requests.ts';
import { findBatch } from './find-batch.ts';
import { forgetBatch } from './forget-batch.ts';
import { lookAtBatch } from './look-at-batch.ts';
import { type BatchPace, nextLookMs } from './next-look-ms.ts';
import { submitBatch } from './submit-batch.ts';
import { whyBatchFailed } from './why-batch-failed.ts';

export interface StepBatchesOptions {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly book: AnswerBook;
  readonly place: JournalPlace & { readonly partition: string; readonly run: string };
  readonly clients: ClientPool;
  readonly prices: PriceTable;
  readonly budget: Budget | null;
  /** Keeps batches of projects with the same data apart that share an account. */
  readonly project: string;
  readonly pace: BatchPace;
  /** The most that a line can cost. */
  readonly ceiling: (request: DeferredRequest) => Promise<bigint>;
  /** One file at a time in a worker: it may have 200 MB. */
  readonly oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The batches of one step partition, from the first look at what earlier runs left to the last answer. */
export interface StepBatches {
  /** Brings the answers of ended batches into the journal. */
  collect(signal: AbortSignal): Promise<CollectedBatches>;
  /** Sends requests as batches. After a kill the same call sends nothing twice. */
  send(requests: readonly DeferredRequest[], sends: number, signal: AbortSignal): Promise<void>;
  /** Requests in batches that are at the provider, and how many of them were answered at the last look. */
  readonly atProvider: { readonly requests: number; readonly answered: number };
  /** When to look again at the batches that are at work; epoch milliseconds. */
  nextLookMs(): number;
  /** Asks the provider to stop what this run has sent; what it has answered by then, the next run collects. */
  cancel(signal: AbortSignal): Promise<void>;
}

/** Custom ids of requests. */
export interface CollectedBatches {
  /** In batches that are at work at the provider. */
  readonly waiting: ReadonlySet<string>;
  /** Turned down: asked for one by one they are cells that failed, and no other batch fails with them. */
  readonly refused: ReadonlySet<string>;
}

export const NO_BATCHES: CollectedBatches = { waiting: new Set(), refused: new Set() };

export function openStepBatches(options: StepBatchesOptions): StepBatches {
  const { store, blobs, book, place, clients, prices, budget, project, pace, ceiling, oneAtATime } = options;
  const refused = new Set<string>();
  const open = new Map<string, { readonly note: BatchNote; readonly state: BatchState }>();

  async function look(note: BatchNote, endpoint: Endpoint, signal: AbortSignal): Promise<BatchState | null> {
    if (note.batch !== null) return lookAtBatch(endpoint, note.batch, signal);
    return findBatch(endpoint, { key: note.key, createdAfterMs: note.sentMs - CLOCKS_APART_MS, signal });
  }

  /** Every answer is durable before the batch is forgotten, here and at the provider. */
  async function takeAnswers(
    note: BatchNote,
    state: BatchState,
    endpoint: Endpoint,
    signal: AbortSignal,
  ): Promise<void> {
    const lines = new Map(note.lines.map((line) => [line.customId, line]));
    let cost: bigint | null = 0n;
    let writing: Promise<void>[] = [];
    for await (const result of batchResults(endpoint, state, signal)) {
      const line = lines.get(result.customId);
      if (line === undefined) continue;
      if (result.kind === 'refused' && lineFailure(result, endpoint, note.model).kind === 'cell')
        refused.add(result.customId);
      if (result.kind !== 'answered') continue;
      // A second line with its id stands where another's should, which is asked again.
      lines.delete(result.customId);
      const { customId: _joined, ...about } = line;
      const answer = {
        ...about,
        answer: sha256(result.bytes),
        status: result.status,
        requestId: result.requestId,
        run: place.run,
        startedMs: note.sentMs,
        endedMs: Date.now(),
        batch: true,
        bytes: result.bytes,
      };
      const read = readAnswer(result.bytes, note.endpoint);
      const one = costOfAnswer(note.model, answer, read.kind === 'broken' ? {} : read.body, prices);
      cost = cost === null || one === null ? null : cost + one;
      const durable = book.record(answer);
      // Heard of below, unless the download breaks off before.
      durable.catch(() => {});
      writing.push(durable);
      if (writing.length < ANSWERS_AT_ONCE) continue;
      await Promise.all(writing);
      writing = [];
    }
    await Promise.all(writing);
    // What it cost isn't known: then all that was set aside stays spent.
    if (budget && note.run === place.run && cost !== null) await budget.settle(note.key, cost);
    await dropBatchNote(store, place, note);
    await forgetBatch(endpoint, state, signal);
  }

  async function collectOne(note: BatchNote, signal: AbortSignal): Promise<void> {
    const endpoint = clients.endpoint(note.model);
    if (endpoint === null) return;
    const state = await look(note, endpoint, signal);
    if (state !== null && !hasEnded(state)) {
      const looked = { ...note, batch: state.id, looked: note.looked + 1 };
      await writeBatchNote(store, place, looked);
      open.set(note.key, { note: looked, state });
      return;
    }
    try {
      if (state !== null) await takeAnswers(note, state, endpoint, signal);
      else await dropBatchNote(store, place, note);
    } catch (error) {
      // They can only be paid for again.
      if (!(error instanceof BatchResultsGoneError)) throw error;
      await dropBatchNote(store, place, note);
    }
    if (state?.status !== 'failed') return;
    const why = whyBatchFailed(state, endpoint);
    if (why.kind === 'run') throw why.error;
    if (why.kind === 'later')
      throw new BatchPutOffError(`${endpoint.name} takes no batch now: ${why.reason}.`, null, 'no_room_for_batch');
    for (const { line } of why.problems) refused.add(note.lines[line - 1]?.customId ?? '');
  }

  async function sendFile(
    file: BatchFile,
    requests: ReadonlyMap<string, DeferredRequest>,
    sends: number,
    signal: AbortSignal,
  ) {
    const lines = file.customIds.map((customId) => requests.get(customId)!);
    const key = batchKey(project, place, sends, lines);
    const { endpoint, asked } = lines[0]!;
    const note: BatchNote = {
      key,
      run: place.run,
      endpoint: asked.request.endpoint,
      model: asked.model,
      sentMs: Date.now(),
      lines: lines.map(({ customId, id, cellKey, attempt, asked: { requestKey } }) => ({
        customId,
        id,
        cellKey,
        attempt,
        requestKey,
      })),
      batch: null,
      looked: 0,
    };
    if (budget) {
      const ceilings = await Promise.all(lines.map(ceiling));
      await budget.lease(
        key,
        ceilings.reduce((sum, each) => sum + each, 0n),
      );
    }
    await writeBatchNote(store, place, note);
    const state = await submitBatch(endpoint, { key, file, createdAfterMs: note.sentMs - CLOCKS_APART_MS, signal });
    const sent = { ...note, batch: state.id };
    await writeBatchNote(store, place, sent);
    open.set(key, { note: sent, state });
  }

  return {
    async collect(signal) {
      for (const note of await readBatchNotes(store, place)) {
        try {
          await collectOne(note, signal);
        } catch (error) {
          // What an earlier run left at a provider that can't be asked now is left there: this run does without.
          if (note.run === place.run || !(error instanceof GettokError)) throw error;
        }
      }
      const waiting = [...open.values()].flatMap(({ note }) => note.lines.map(({ customId }) => customId));
      return { waiting: new Set(waiting), refused };
    },

    async send(requests, sends, signal) {
      const byId = new Map(requests.map((request) => [request.customId, request]));
      for (const path of PATHS) {
        const lines = requests.filter(({ asked }) => `/v1/${asked.request.endpoint}` === path);
        if (lines.length === 0) continue;
        await oneAtATime(async () => {
          for await (const file of batchFiles(path, linesOf(lines, blobs))) await sendFile(file, byId, sends, signal);
        });
      }
    },

    get atProvider() {
      const batches = [...open.values()];
      return {
        requests: batches.reduce((sum, { note }) => sum + note.lines.length, 0),
        answered: batches.reduce((sum, { state }) => sum + (state.counts?.completed ?? 0), 0),
      };
    },

    nextLookMs() {
      const waits = [...open.values()].map(({ note, state }) => nextLookMs(state, note.looked, pace));
      return Date.now() + Math.min(...waits);
    },

    async cancel(signal) {
      for (const note of await readBatchNotes(store, place)) {
        const endpoint = note.run === place.run ? clients.endpoint(note.model) : null;
        const state = endpoint && (await look(note, endpoint, signal));
        if (endpoint && state && !hasEnded(state)) await cancelBatch(endpoint, state.id, signal);
      }
    },
  };
}

const PATHS: readonly BatchPath[] = ['/v1/chat/completions', '/v1/embeddings'];
const ANSWERS_AT_ONCE = 500;
/** The provider's list is read back so far behind our own clock. */
const CLOCKS_APART_MS = 10 * 60_000;

/** The same for the same requests sent so often, whichever worker or run sends them. */
const batchKey = (project: string, place: JournalPlace, sends: number, lines: readonly DeferredRequest[]): string =>
  hexOf(
    digestOf('batch', {
      project,
      dataset: place.dataset,
      step: place.step,
      partition: place.partition,
      sends,
      lines: lines.map(({ customId, attempt }) => [customId, attempt]),
    }),
  );

async function* linesOf(requests: readonly DeferredRequest[], blobs: BlobStore): AsyncGenerator<BatchLine> {
  for (const { customId, asked } of requests) {
    const { file: _none, ...body } = await sendableBody(asked.request, blobs);
    yield { customId, body: { ...body } };
  }
}
