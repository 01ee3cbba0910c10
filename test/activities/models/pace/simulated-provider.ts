import { vi } from 'vitest';
import type { PaceKeeper, Slot } from '../../../../activities/models/pace/pace-keeper.ts';
import { OpenAIError } from '../../../openai-server/openai-error.ts';
import { type Limits, RateLimiter } from '../../../openai-server/rate-limiter.ts';
import type { ServedRequest } from '../../../openai-server/served-request.ts';

export interface ProviderOptions {
  readonly latencyMs?: number | (() => number);
  readonly limits?: Limits;
  /** More wait in its own queue, as local servers have one. */
  readonly parallel?: number;
  /** With more than so many under way it answers 429. */
  readonly refusesAbove?: number;
}

/** A provider on vitest's fake timers. */
export class SimulatedProvider {
  /** What it said, and when: milliseconds since the beginning. */
  readonly answers: { readonly status: number; readonly ms: number }[] = [];
  readonly sentMs: number[] = [];
  mostOpen = 0;
  #open = 0;
  readonly #options: ProviderOptions;
  readonly #limiter: RateLimiter;
  readonly #freeMs: number[];
  readonly #startedMs = performance.now();

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#limiter = new RateLimiter(options.limits ?? {});
    this.#freeMs = Array.from({ length: options.parallel ?? 0 }, () => 0);
  }

  async ask(tokens: number): Promise<{ status: number; headers: Headers }> {
    this.sentMs.push(this.#now);
    this.#open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    const { status, headers } = await this.#serve(tokens);
    this.#open -= 1;
    this.answers.push({ status, ms: this.#now });
    // The headers tell of the limits as they are when the answer leaves.
    return { status, headers: new Headers({ ...this.#limiter.headers('gpt'), ...headers }) };
  }

  count(status: number): number {
    return this.answers.filter((answer) => answer.status === status).length;
  }

  /** Answers of this status in the simulated minute, from 0. */
  inMinute(minute: number, status = 200): number {
    return this.answers.filter((answer) => answer.status === status && Math.floor(answer.ms / 60_000) === minute)
      .length;
  }

  get #now(): number {
    return performance.now() - this.#startedMs;
  }

  async #serve(tokens: number): Promise<{ status: number; headers: Readonly<Record<string, string>> }> {
    const { latencyMs = 0, refusesAbove = Infinity } = this.#options;
    try {
      this.#limiter.take({ model: 'gpt', promptTokens: tokens, reservedTokens: 0 } as ServedRequest);
    } catch (error) {
      if (error instanceof OpenAIError) return await after(5, error);
      throw error;
    }
    if (this.#open > refusesAbove) return await after(5, { status: 429, headers: {} });
    await after(this.#queueMs(typeof latencyMs === 'number' ? latencyMs : latencyMs()), null);
    return { status: 200, headers: {} };
  }

  #queueMs(latencyMs: number): number {
    if (this.#freeMs.length === 0) return latencyMs;
    const earliest = Math.min(...this.#freeMs);
    const doneMs = Math.max(this.#now, earliest) + latencyMs;
    this.#freeMs[this.#freeMs.indexOf(earliest)] = doneMs;
    return doneMs - this.#now;
  }
}

export const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value));

export interface Work {
  readonly rows: number;
  /** Rows worked on at the same time: more than ever get a slot, unless said. */
  readonly atOnce?: number;
  readonly tokens?: number;
  /** How long the slot is held after the answer. */
  readonly journalMs?: number;
}

/** Asks once for every row, and again when refused, as the engine does. Returns how long it took. */
export async function work(keeper: PaceKeeper, provider: SimulatedProvider, options: Work): Promise<number> {
  const { rows, atOnce = 1000, tokens = 100, journalMs = 0 } = options;
  const { signal } = new AbortController();
  const startedMs = performance.now();
  let next = 0;
  const cell = async (): Promise<void> => {
    while (next < rows) {
      next += 1;
      for (let tries = 0, status = 0; status !== 200; tries += 1) {
        using slot: Slot = await keeper.take(tokens, { signal, first: tries > 0 });
        const response = await provider.ask(tokens);
        slot.answered(response);
        ({ status } = response);
        if (journalMs > 0) await after(journalMs, null);
      }
    }
  };
  await simulated(Promise.all(Array.from({ length: Math.min(atOnce, rows) }, cell)));
  return performance.now() - startedMs;
}

/** Lets simulated time pass until the promise is settled. */
export async function simulated<T>(promise: Promise<T>): Promise<T> {
  const state = { settled: false };
  const settle = () => {
    state.settled = true;
  };
  promise.then(settle, settle);
  for (let timers = 0; !state.settled; timers += 1) {
    if (timers > 2_000_000) throw new Error('two million timers have gone off, and it still is not done');
    await vi.advanceTimersToNextTimerAsync();
  }
  return await promise;
}

export const fakeTimers = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
