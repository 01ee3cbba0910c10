import { randomUUID } from 'node:crypto';
import { CancelledFailure, ApplicationFailure } from '@temporalio/common';
import { canonicalJson } from '../manifests/canonical-json.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { runKey } from '../datasets/plan/run-plan.ts';

/** Why a run failed, in full, as `runs/<run>/failures/…` keeps it for the person who started it. */
export interface RunFailure {
  readonly name: string;
  readonly message: string;
  /** True for an error that is a defect of ours, and not the user's or a provider's. */
  readonly unexpected: boolean;
}

/** An error that goes away by itself: the activity is tried again, after the given time where the provider named one. */
export interface PassingError extends GettokError {
  readonly passing: true;
  readonly retryAfterMs?: number | null | undefined;
}
const isPassing = (error: unknown): error is PassingError => error instanceof GettokError && 'passing' in error;

/** Attempts that a worker's death ended count too, but only one that fails by itself is the last. */
const ATTEMPTS = 8;

/**
 * Turns what an activity threw in its n-th attempt into a failure for Temporal. Messages name rows and files, which may not enter a Temporal
 * history: there goes the error's name and where the message is.
 */
export async function toFailure(store: ObjectStore, run: string, error: unknown, attempt: number): Promise<unknown> {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  const name = error instanceof Error ? error.name : 'Error';
  const unexpected = !(error instanceof GettokError);
  const message = error instanceof Error ? (unexpected && error.stack) || error.message : String(error);
  const key = runKey(run, `failures/${randomUUID()}.json`);
  await store
    .put(key, Buffer.from(canonicalJson({ name, message: message.toWellFormed(), unexpected })))
    .catch(() => {});
  return ApplicationFailure.create({
    type: name,
    message: `${name}: see ${key}`,
    details: [key],
    // What we did not foresee may be the network; what we named is not mended by trying again.
    nonRetryable: (!unexpected && !isPassing(error)) || attempt >= ATTEMPTS,
    ...(isPassing(error) && error.retryAfterMs ? { nextRetryDelay: error.retryAfterMs } : {}),
  });
}
