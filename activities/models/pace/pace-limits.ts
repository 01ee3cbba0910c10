import type { Model } from '../../../datasets/step-kind.ts';

/** Where the declaration names no `max_concurrency`. */
export const DEFAULT_MAX_CONCURRENCY = 64;

/** What the declaration allows; rates that it doesn't name are learned from the provider's headers. */
export interface PaceLimits {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly maxConcurrency: number;
}

export const paceLimits = (model: Model): PaceLimits => ({
  requestsPerMinute: model.requests_per_minute,
  tokensPerMinute: model.tokens_per_minute,
  maxConcurrency: model.max_concurrency ?? DEFAULT_MAX_CONCURRENCY,
});
