import { retryAfterMs } from '../retry-wait.ts';
import { ConcurrencyLimit, type SentRequest } from './concurrency-limit.ts';
import { LongPauseError, type PaceKeeper, type PaceState, type Slot, type TakeOptions } from './pace-keeper.ts';
import type { PaceLimits } from './pace-limits.ts';
import { rateLimitOf } from './rate-limit-headers.ts';
import { TokenBucket } from './token-bucket.ts';
import { WaitingLine } from './waiting-line.ts';

/** Nobody means a longer one. */
const LONGEST_PAUSE_MS = 24 * 60 * 60 * 1000;
/** A longer timer would go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Timers are not set anew for less. */
const SAME_MS = 0.5;

export interface AdjustablePaceKeeper extends PaceKeeper {
  /** What is declared from now on; cheap when nothing changed. */
  limitTo(limits: PaceLimits): void;
}

/** `share` is this worker's part of whatever is declared or learned. */
export function createPaceKeeper(limits: PaceLimits, share: number): AdjustablePaceKeeper {
  const line = new WaitingLine(letGo);
  const requests = new TokenBucket();
  const tokens = new TokenBucket();
  const maxConcurrency = () => Math.max(1, Math.floor(declared.maxConcurrency * share));
  let declared = limits;
  let learned = { requests: Infinity, tokens: Infinity };
  const concurrency = new ConcurrencyLimit(maxConcurrency(), performance.now());
  let inFlight = 0;
  let pausedUntil = 0;
  let exhaustedFrom = 0;
  let timer: NodeJS.Timeout | null = null;
  let timerDue = Infinity;
  applyLimits();

  function applyLimits(): void {
    const now = performance.now();
    requests.limitTo((declared.requestsPerMinute ?? learned.requests) * share, now);
    tokens.limitTo((declared.tokensPerMinute ?? learned.tokens) * share, now);
    concurrency.changeMax(maxConcurrency(), now);
  }

  /** Gives slots to as many as may go now, and sets the one timer for the next when only time keeps it. */
  function letGo(): void {
    for (let waiter = line.head; waiter !== null; waiter = line.head) {
      if (inFlight >= concurrency.limit) {
        concurrency.missSlot();
        wakeAt(Infinity);
        return;
      }
      const now = performance.now();
      const waitMs = Math.max(pausedUntil - now, requests.waitMs(1, now), tokens.waitMs(waiter.tokens, now));
      if (waitMs > 0) {
        wakeAt(now + waitMs);
        return;
      }
      requests.take(1);
      tokens.take(waiter.tokens);
      line.removeHead();
      inFlight += 1;
      waiter.resolve(slotOf(concurrency.send(now)));
    }
    wakeAt(Infinity);
  }

  /** One timer for all that wait, and none when nobody waits for a time: it would keep the process alive. */
  function wakeAt(due: number): void {
    if (due === timerDue || Math.abs(due - timerDue) < SAME_MS) return;
    if (timer !== null) clearTimeout(timer);
    timerDue = due;
    const waitMs = Math.max(0, Math.min(Math.ceil(due - performance.now()), LONGEST_TIMER_MS));
    timer = due === Infinity ? null : setTimeout(wake, waitMs);
  }

  function wake(): void {
    timer = null;
    timerDue = Infinity;
    letGo();
  }

  function pause(ms: number): void {
    const now = performance.now();
    const until = now + Math.min(ms, LONGEST_PAUSE_MS);
    if (until <= pausedUntil) return;
    pausedUntil = until;
    concurrency.restart(now);
    line.turnAway(until - now, new LongPauseError(until - now));
  }

  /** True when the answer says that all is used up that the provider allows for now. */
  function learn(request: SentRequest, headers: Headers): boolean {
    const said = { requests: rateLimitOf(headers, 'requests'), tokens: rateLimitOf(headers, 'tokens') };
    learned = {
      requests: said.requests.perMinute ?? learned.requests,
      tokens: said.tokens.perMinute ?? learned.tokens,
    };
    applyLimits();
    const exhaustedMs = Math.max(said.requests.exhaustedForMs ?? 0, said.tokens.exhaustedForMs ?? 0);
    // Answers on their way since before the last such pause tell of the same exhaustion, each a little later.
    if (exhaustedMs > 0 && request.number >= exhaustedFrom) {
      const now = performance.now();
      if (said.requests.exhaustedForMs) requests.drain(now);
      if (said.tokens.exhaustedForMs) tokens.drain(now);
      exhaustedFrom = concurrency.sentSoFar;
      pause(exhaustedMs);
    }
    return exhaustedMs > 0;
  }

  function slotOf(request: SentRequest): Slot {
    let open = true;
    let held = true;
    /** True the first time. */
    const close = (): boolean => {
      const first = open;
      open = false;
      return first;
    };
    return {
      answered({ status, headers }) {
        if (!close()) return;
        const now = performance.now();
        const exhausted = learn(request, headers);
        if (status >= 200 && status < 300) concurrency.succeed(request, now);
        // Fewer at once would not help against a rate that is used up: the buckets and the pause see to that.
        else if (status === 503 || (status === 429 && !exhausted)) concurrency.fail(request, now);
        else concurrency.end(now);
        if (status >= 400) pause(retryAfterMs(headers) ?? 0);
        letGo();
      },
      lost() {
        if (close()) concurrency.fail(request, performance.now());
      },
      [Symbol.dispose]() {
        if (!held) return;
        held = false;
        if (close()) concurrency.end(performance.now());
        inFlight -= 1;
        letGo();
      },
    };
  }

  return {
    limitTo(next) {
      if (next === declared) return;
      declared = next;
      applyLimits();
      letGo();
    },
    take(count: number, { signal, first = false, order = 0, longestPauseMs = Infinity }: TakeOptions) {
      if (signal.aborted) return Promise.reject<Slot>(signal.reason);
      const pausedMs = pausedUntil - performance.now();
      if (pausedMs > longestPauseMs) return Promise.reject<Slot>(new LongPauseError(pausedMs));
      const { promise, resolve, reject } = Promise.withResolvers<Slot>();
      line.add({ tokens: count, signal, first, order, longestPauseMs, resolve, reject });
      letGo();
      return promise;
    },
    get state(): PaceState {
      const pausedMs = pausedUntil - performance.now();
      return {
        inFlight,
        concurrency: concurrency.limit,
        waiting: line.size,
        heldByTime: line.size > 0 && timerDue < Infinity,
        pausedUntilMs: pausedMs > 0 ? Date.now() + pausedMs : null,
      };
    },
  };
}
