import { FaultQueue } from '../strict-server/fault-queue.ts';
import { answerBatchLine } from './batch/answer-batch-line.ts';
import type { BatchLimits } from './batch/batch-input.ts';
import type { BatchSpeed } from './batch/batch-job.ts';
import { BatchQueue } from './batch/batch-queue.ts';
import { StoredFiles } from './batch/stored-files.ts';
import { CallLog } from './call-log.ts';
import { digestPicker } from './digest-picker.ts';
import { canHappen, type FaultRule } from './fault.ts';
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
  /** How long a batch takes (200 ms unless said); batches at work follow a change at once. */
  readonly batchMs?: BatchSpeed;
  readonly batchLimits?: BatchLimits;
}

export class ServerState {
  readonly apiKeys: readonly string[];
  readonly log: CallLog;
  readonly faults = new FaultQueue<FaultRule, ServedRequest>(
    (rule, request) => canHappen(rule.fault.kind, request) && matches(rule, request),
  );
  readonly cache = new PromptCache();
  readonly answers: AnswerRule[] = [];
  readonly files = new StoredFiles();
  readonly batches = new BatchQueue({
    files: this.files,
    speed: () => this.#settings.batchMs ?? 200,
    limits: () => this.#settings.batchLimits ?? {},
    answer: (line, batch) => answerBatchLine(line, batch, this),
  });
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
    this.batches.reconsider();
  }

  /** Forgets calls, faults, answers, files, batches, cached prompts and what was used of the limits; keeps the settings. */
  reset(): void {
    this.log.reset();
    this.faults.clear();
    this.cache.clear();
    this.answers.length = 0;
    this.batches.clear();
    this.files.clear();
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
