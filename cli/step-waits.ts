import type { StepProgress } from '../activities/worker-services.ts';
import type { StepWait } from '../workflows/messages.ts';

/** What a step waits for, over all its partitions; null where it doesn't. Times are epoch milliseconds. */
export interface StepWaits {
  readonly batch: {
    readonly batches: number;
    readonly requests: number;
    /** At the last look. */
    readonly answered: number;
    readonly nextLookMs: number;
  } | null;
  /** A provider that can't answer: until when, and why, as far as that is known. */
  readonly provider: { readonly untilMs: number; readonly why: string | null } | null;
  /** The day's requests are used up: until when. */
  readonly quota: { readonly untilMs: number } | null;
  /** Requests of steps at work that the provider's limits hold back, and until when it asked for a pause. */
  readonly held: { readonly requests: number; readonly untilMs: number | null } | null;
}

export const NO_WAITS: StepWaits = { batch: null, provider: null, quota: null, held: null };

/** Waits of partitions that sleep, and the last words of those at work. */
export function stepWaits(waits: readonly StepWait[], beats: readonly StepProgress[]): StepWaits {
  const batches = waits.filter((wait) => wait.for === 'batch');
  const providers = waits.filter((wait) => wait.for === 'provider').toSorted((a, b) => a.untilMs - b.untilMs);
  const [next] = providers;
  const quota = waits.find((wait) => wait.for === 'quota');
  const requests = beats.reduce((sum, { waiting }) => sum + waiting, 0);
  const pauses = beats.flatMap(({ pausedUntilMs }) => pausedUntilMs ?? []);
  return {
    batch:
      batches.length === 0
        ? null
        : {
            batches: batches.length,
            requests: batches.reduce((sum, wait) => sum + (wait.requests ?? 0), 0),
            answered: batches.reduce((sum, wait) => sum + (wait.answered ?? 0), 0),
            nextLookMs: Math.min(...batches.map(({ untilMs }) => untilMs)),
          },
    provider: next ? { untilMs: next.untilMs, why: next.why ?? null } : null,
    quota: quota ? { untilMs: quota.untilMs } : null,
    held: requests === 0 ? null : { requests, untilMs: pauses.length === 0 ? null : Math.max(...pauses) },
  };
}
