import { APIError } from 'openai';
import type { Model } from '../../../datasets/step-kind.ts';
import { GettokError } from '../../../manifests/gettok-error.ts';
import type { Endpoint } from '../client-pool.ts';
import { providerFailure } from '../provider-failure.ts';
import { ProviderUnavailableError } from '../provider-unavailable-error.ts';

/** The provider takes requests one by one only. */
export class NoBatchApiError extends GettokError {
  override readonly name = 'NoBatchApiError';
  constructor(provider: string, status: number) {
    super(`${provider} has no Batch API (${status}). Nothing was paid.\nRun without --batch.`);
  }
}

/** The provider refuses a batch as we send it, and would again. */
export class BatchRefusedError extends GettokError {
  override readonly name = 'BatchRefusedError';
  constructor(provider: string, found: string) {
    super(
      `${provider} refused the batch: ${found} Every answer until now is kept.\n` +
        `Run without --batch, or mend what it says, then  gettok run  goes on where it stopped.`,
    );
  }
}

// What the messages about accounts say can't be used: "doesn't let the key in … use the Batch API".
const BATCH_API: Model = { name: 'batch', provider: 'openai', model: 'the Batch API' };

/** Does something about a batch at the provider, and throws what stops a run or passes, as online requests do. */
export async function atProvider<T>(endpoint: Endpoint, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await act();
  } catch (error) {
    signal.throwIfAborted();
    throw batchError(error, endpoint);
  }
}

export const unavailable = (endpoint: Endpoint, reason: string, retryAfterMs: number | null = null) =>
  new ProviderUnavailableError(`${endpoint.name} gave no answer: ${reason}.`, retryAfterMs);

/** Whether the provider says that there is no such thing. */
export const isGone = (error: unknown): boolean =>
  error instanceof APIError && (error.status === 404 || error.status === 410);

function batchError(error: unknown, endpoint: Endpoint): unknown {
  if (error instanceof GettokError) return error;
  // A file that was just uploaded is sometimes not known yet where batches are created.
  if (error instanceof APIError && error.status === 400 && /cannot find file/i.test(error.message))
    return unavailable(endpoint, 'it does not know the uploaded file yet');
  if (error instanceof APIError && (isGone(error) || error.status === 405 || error.status === 501))
    return new NoBatchApiError(endpoint.name, error.status ?? 404);
  if (error instanceof SyntaxError) return unavailable(endpoint, 'half of a JSON text');
  const failure = providerFailure(error, endpoint, BATCH_API);
  if (failure === null) return error;
  if (failure.kind === 'run') return failure.error;
  if (failure.kind === 'passing') return unavailable(endpoint, failure.reason, failure.retryAfterMs);
  const { code, message } = failure.outcome;
  // A server that is away holds answers that are paid for: it is waited for.
  if (code === 'engine_unavailable') return unavailable(endpoint, message ?? code);
  return new BatchRefusedError(endpoint.name, message ?? code);
}
