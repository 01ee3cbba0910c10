import { APIError } from 'openai';
import type { Endpoint } from '../client-pool.ts';
import { atProvider, isGone } from './batch-error.ts';

const CANCEL_MS = 60_000;

/**
 * Asks the provider to stop: lines that it has answered by then are charged and can be read once the batch is
 * `cancelled`, up to 10 minutes later. Nothing to do for one that has ended or is not known.
 */
export async function cancelBatch(endpoint: Endpoint, id: string, signal: AbortSignal): Promise<void> {
  await atProvider(endpoint, signal, async () => {
    try {
      await endpoint.client.batches.cancel(id, { signal, maxRetries: 0, timeout: CANCEL_MS });
    } catch (error) {
      const ended = error instanceof APIError && (error.status === 400 || error.status === 409);
      if (!ended && !isGone(error)) throw error;
    }
  });
}
