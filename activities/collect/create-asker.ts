import { setTimeout as sleep } from 'node:timers/promises';
import { GettokError } from '../../manifests/gettok-error.ts';
import { ApiUnreachableError } from './api-unreachable-error.ts';
import type { JsonObject } from './api-json.ts';
import type { ApiReply, CollectApi, ReadReply } from './collect-api.ts';
import type { CollectReply, CollectRequest } from './collect-tools.ts';
import { type CollectResume, CollectWait } from './collect-wait.ts';
import type { DailyQuota } from './daily-quota.ts';
import type { EntryKind, JournalEntry, RequestJournal } from './request-journal.ts';

/** An API that answers no request of this kind, whatever is asked. Stops the run. */
export class ApiRefusedError extends GettokError {
  override readonly name = 'ApiRefusedError';
  constructor(code: string, message: string, advice: string) {
    super(`The API answered ${code}: ${message}\n${advice} What was collected until now is kept.`);
  }
}

export interface AskerOptions {
  readonly api: CollectApi;
  readonly journal: RequestJournal;
  readonly quota: DailyQuota;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly maxRequests: number | null;
  /** What is asked is a new observation of what was collected before. */
  readonly refresh: boolean;
  readonly resume: CollectResume;
  /** Told of every request that is asked or was found, with what the reply has. */
  readonly seen: (entry: JournalEntry, data: JsonObject | null) => void;
}

export interface Asker {
  ask(request: CollectRequest): Promise<CollectReply>;
  /** For whoever looks at the run: requests this run has sent, and what the day has left of its quota. */
  readonly sent: number;
  readonly left: number | null;
  /** When the first of the requests failed that failed one after another, at the end; null when the last was answered. */
  readonly failingSince: number | null;
}

/** A connection that fails is tried as often as an API's own error. */
const TRIES_UNREACHABLE = 4;
const TOKENS = 3;
const FRESH_MS = 86_400_000;
/** So many requests in a row without an answer are an outage rather than requests that can't be answered. */
const OUTAGE = 3;
const OUTAGE_WAITS_MS = [60_000, 300_000, 900_000];

/** Asks one request after the other; each is in the journal before its reply is given on. */
export function createAsker({
  api,
  journal,
  quota,
  run,
  signal,
  maxRequests,
  refresh,
  resume,
  seen,
}: AskerOptions): Asker {
  let sent = journal.entries().filter((entry) => entry.run === run).length;
  let left: number | null = null;
  let failures: number[] = [];
  let takenAtMs = 0;

  async function recorded(request: CollectRequest): Promise<CollectReply | null> {
    for (const name of journal.find(request)) {
      // What an earlier run was refused or failed with may have been mended since.
      if (name.kind !== 'ok' && name.run !== run) continue;
      const entry = await journal.read(name);
      if (!entry || !stillCounts(entry)) continue;
      const reply = replyOf(entry, api);
      if (!reply) continue;
      seen(entry, reply.kind === 'ok' ? reply.data : null);
      return reply;
    }
    return null;
  }

  function stillCounts(entry: JournalEntry): boolean {
    // What failed before an outage was waited for is asked again, once.
    const { failedSince, failedUntil } = resume;
    if (entry.kind === 'failed')
      return failedSince === null || entry.asked_at < failedSince || entry.asked_at > (failedUntil ?? Infinity);
    // An observation is one of now: what another run has left is used while it is fresh.
    return !refresh || entry.run === run || Date.now() - entry.answered_at < FRESH_MS;
  }

  async function takeTurn(): Promise<string | null> {
    signal.throwIfAborted();
    if (maxRequests !== null && sent >= maxRequests) return 'max_requests';
    takenAtMs = Date.now();
    const turn = await quota.take(takenAtMs);
    if ('untilMs' in turn) throw new CollectWait('quota', turn.untilMs, 'daily_quota');
    left = turn.left;
    sent += 1;
    return null;
  }

  async function giveTurnBack(): Promise<void> {
    await quota.giveBack(takenAtMs);
    sent -= 1;
    if (left !== null) left += 1;
  }

  /** Sends once and says what came of it. */
  async function send(request: CollectRequest): Promise<{ reply: ApiReply | null; read: ReadReply; askedAt: number }> {
    const askedAt = Date.now();
    try {
      const reply = await api.send(request, signal);
      return { reply, read: api.read(reply), askedAt };
    } catch (error) {
      const isUnsent = error instanceof GettokError && !(error instanceof ApiUnreachableError && error.sent);
      if (isUnsent) await giveTurnBack();
      if (!(error instanceof ApiUnreachableError)) throw error;
      const { code, message } = error;
      const afterMs = 2000;
      return {
        reply: null,
        askedAt,
        read: { kind: 'retry', code, message, logId: null, afterMs, tries: TRIES_UNREACHABLE },
      };
    }
  }

  async function askNow(request: CollectRequest): Promise<CollectReply> {
    let tokens = 0;
    // Tries from before a wait or a kill count, else a day's whole quota would go into one request again and again.
    const before = await journal.triesOf(request, run);
    /** Tries that came to nothing, by code: each kind of trouble has its own number of tries. */
    const tries = new Map<string, number>();
    for (const code of before) tries.set(code, (tries.get(code) ?? 0) + 1);
    for (let attempt = before.length + 1; ; attempt += 1) {
      const stopped = await takeTurn();
      if (stopped !== null) return { kind: 'stopped', why: stopped };
      const { reply, read, askedAt } = await send(request);
      if (read.kind === 'retry') tries.set(read.code, (tries.get(read.code) ?? 0) + 1);
      const last = read.kind === 'retry' && tries.get(read.code)! >= read.tries;
      const entry = await journal.add(request, {
        run,
        kind: entryKind(read, last),
        attempt,
        status: reply?.status ?? null,
        code: read.code,
        message: read.kind === 'ok' ? null : read.message,
        log_id: read.logId,
        asked_at: reply?.askedAtMs ?? askedAt,
        answered_at: reply?.answeredAtMs ?? Date.now(),
        reply: reply?.body ?? null,
      });
      seen(entry, read.kind === 'ok' ? read.data : null);
      const { code, message } = read;
      switch (read.kind) {
        case 'ok':
          failures = [];
          return { kind: 'ok', data: read.data, request: entry.request, answeredAtMs: reply!.answeredAtMs };
        case 'refused':
          failures = [];
          return { kind: 'refused', code, message, request: entry.request };
        case 'quota':
          await quota.exhaust(Date.now(), read.untilMs);
          throw new CollectWait('quota', read.untilMs, 'daily_quota');
        case 'fatal':
          throw new ApiRefusedError(code, message, read.advice);
        case 'token':
          tokens += 1;
          if (tokens >= TOKENS)
            throw new ApiRefusedError(
              code,
              message,
              'A new token is refused too: look at the access of the client key.',
            );
          api.dropToken(reply!);
          break;
        case 'retry':
          if (!last) {
            await sleep(read.afterMs, undefined, { signal });
            break;
          }
          failures.push(askedAt);
          checkOutage(code);
          return { kind: 'failed', code, message, request: entry.request };
      }
    }
  }

  function checkOutage(code: string): void {
    const waitMs = (api.outageWaitsMs ?? OUTAGE_WAITS_MS)[resume.outages];
    if (failures.length >= OUTAGE && waitMs !== undefined) throw new CollectWait('provider', Date.now() + waitMs, code);
  }

  return {
    ask: async (request) => (await recorded(request)) ?? askNow(request),
    get sent() {
      return sent;
    },
    get left() {
      return left;
    },
    get failingSince() {
      return failures[0] ?? null;
    },
  };
}

function entryKind({ kind }: ReadReply, last: boolean): EntryKind {
  if (kind === 'ok' || kind === 'refused') return kind;
  return last ? 'failed' : 'retry';
}

/** What the kind was told when the entry was made; null for a reply that is no longer understood. */
function replyOf(entry: JournalEntry, api: CollectApi): CollectReply | null {
  const { request, code, message, kind } = entry;
  if (kind === 'refused' || kind === 'failed') return { kind, code, message: message ?? '', request };
  const read = api.read({
    status: entry.status ?? 0,
    contentType: 'application/json',
    body: entry.reply ?? '',
    askedAtMs: entry.asked_at,
    answeredAtMs: entry.answered_at,
    token: 0,
  });
  if (read.kind !== 'ok') return null;
  return { kind: 'ok', data: read.data, request, answeredAtMs: entry.answered_at };
}
