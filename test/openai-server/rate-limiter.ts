import { rateLimitError } from './faulty-reply.ts';
import type { ServedRequest } from './served-request.ts';

export interface Limits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** How much of a minute's allowance may be used at once: 1, a whole minute's, unless said. */
  readonly burst?: number;
}

// Stands for "no limit" in the headers: a client that paces itself by them isn't slowed down.
const unlimited = 1_000_000_000;

class Bucket {
  readonly #capacity: number;
  readonly #perMs: number;
  #left: number;
  #at: number;

  constructor(perMinute: number, burst: number, now: number) {
    this.#capacity = Math.max(perMinute * burst, 1);
    this.#perMs = perMinute / 60_000;
    this.#left = this.#capacity;
    this.#at = now;
  }

  refill(now: number): void {
    this.#left = Math.min(this.#capacity, this.#left + (now - this.#at) * this.#perMs);
    this.#at = now;
  }

  /** How long until `amount` is there: 0 when it is, Infinity when it never will be. */
  waitMs(amount: number): number {
    if (amount > this.#capacity) return Infinity;
    return amount <= this.#left ? 0 : (amount - this.#left) / this.#perMs;
  }

  take(amount: number): void {
    this.#left -= amount;
  }

  get remaining(): number {
    return Math.max(0, Math.floor(this.#left));
  }

  get resetMs(): number {
    return (this.#capacity - this.#left) / this.#perMs;
  }
}

interface ModelBuckets {
  readonly requests: Bucket;
  readonly tokens: Bucket;
}

/** Requests and tokens a minute for each model, refilled without steps as `x-ratelimit-reset-*` of the real one shows. */
export class RateLimiter {
  readonly #buckets = new Map<string, ModelBuckets>();
  readonly #limits: Limits;
  readonly #clock: () => number;

  constructor(limits: Limits, clock: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Takes what the request needs or throws the 429; either way `headers` then says what is left. */
  take(request: ServedRequest): void {
    const { requests, tokens } = this.#bucketsOf(request.model);
    const needed = request.promptTokens + request.reservedTokens;
    const waits = { requests: requests.waitMs(1), tokens: tokens.waitMs(needed) };
    if (waits.requests === 0 && waits.tokens === 0) {
      requests.take(1);
      tokens.take(needed);
      return;
    }
    const reason = waits.requests >= waits.tokens ? 'requests' : 'tokens';
    const waitMs = Number.isFinite(waits[reason]) ? Math.ceil(waits[reason]) : undefined;
    throw rateLimitError(request.model, waitMs, reason);
  }

  headers(model: string): Record<string, string> {
    const { requests, tokens } = this.#bucketsOf(model);
    return {
      'x-ratelimit-limit-requests': String(this.#limits.requestsPerMinute ?? unlimited),
      'x-ratelimit-limit-tokens': String(this.#limits.tokensPerMinute ?? unlimited),
      'x-ratelimit-remaining-requests': String(requests.remaining),
      'x-ratelimit-remaining-tokens': String(tokens.remaining),
      'x-ratelimit-reset-requests': durationText(requests.resetMs),
      'x-ratelimit-reset-tokens': durationText(tokens.resetMs),
    };
  }

  #bucketsOf(model: string): ModelBuckets {
    const now = this.#clock();
    let buckets = this.#buckets.get(model);
    if (buckets === undefined) {
      const { requestsPerMinute = unlimited, tokensPerMinute = unlimited, burst = 1 } = this.#limits;
      buckets = {
        requests: new Bucket(requestsPerMinute, burst, now),
        tokens: new Bucket(tokensPerMinute, burst, now),
      };
      this.#buckets.set(model, buckets);
    }
    buckets.requests.refill(now);
    buckets.tokens.refill(now);
    return buckets;
  }
}

/** A duration as the headers write it: `12ms`, `1.5s`, `6m0s`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms) / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${Math.round((seconds % 60) * 1000) / 1000}s`;
}
