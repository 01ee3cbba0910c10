import { CallLog } from './call-log.ts';
import { digestPicker } from './digest-picker.ts';
import { FaultQueue } from './fault-queue.ts';
import { PromptCache } from './prompt-cache.ts';
import { RateLimiter, type Limits } from './rate-limiter.ts';
import { matches, type RequestFilter } from './request-filter.ts';
import type { Answer, ServedRequest } from './served-request.ts';

/** A fixed answer to every request that matches; the newest rule that does wins. Can be sent as JSON. */
export interface AnswerRule extends RequestFilter {
  readonly answer: Answer;
}

/** Milliseconds before each answer: always the same, or by the request's digest from a range. */
export type Latency = number | { readonly from: number; readonly to: number };

/** May return undefined to leave a request to the default answer. */
export type AnswerCallback = (request: ServedRequest) => Answer | undefined | Promise<Answer | undefined>;

/** What can be changed while the server runs. */
export interface Settings {
  readonly latencyMs?: Latency;
  readonly limits?: Limits;
  readonly answer?: AnswerCallback;
}

export class ServerState {
  readonly apiKeys: readonly string[];
  readonly log: CallLog;
  readonly faults = new FaultQueue();
  readonly cache = new PromptCache();
  readonly answers: AnswerRule[] = [];
  limiter: RateLimiter;
  #settings: Settings;

  constructor(apiKeys: readonly string[], keepBodies: number, settings: Settings) {
    this.apiKeys = apiKeys;
    this.log = new CallLog(keepBodies);
    this.#settings = settings;
    this.limiter = new RateLimiter(settings.limits ?? {});
  }

  configure(settings: Settings): void {
    this.#settings = { ...this.#settings, ...settings };
    if (settings.limits) this.limiter = new RateLimiter(settings.limits);
  }

  /** Forgets calls, faults, answers, cached prompts and what was used of the limits; keeps the settings. */
  reset(): void {
    this.log.reset();
    this.faults.clear();
    this.cache.clear();
    this.answers.length = 0;
    this.limiter = new RateLimiter(this.#settings.limits ?? {});
  }

  latencyMs(request: ServedRequest): number {
    const latency = this.#settings.latencyMs ?? 0;
    if (typeof latency === 'number') return latency;
    return latency.from + digestPicker(request.digest).below(latency.to - latency.from + 1);
  }

  async answer(request: ServedRequest): Promise<Answer | undefined> {
    const rule = this.answers.findLast((candidate) => matches(candidate, request));
    return rule?.answer ?? this.#settings.answer?.(request);
  }
}
