import { APIError } from 'openai';
import type { Endpoint } from '../client-pool.ts';
import { atProvider, isGone, unavailable } from './batch-error.ts';
import { type BatchState, readBatchState } from './batch-state.ts';

const LOOK_MS = 60_000;

/** Where it stands; null when the provider says that it knows no such batch (any more). */
export async function lookAtBatch(endpoint: Endpoint, id: string, signal: AbortSignal): Promise<BatchState | null> {
  return atProvider(endpoint, signal, async () => {
    try {
      const sent = await endpoint.client.batches.retrieve(id, { signal, maxRetries: 0, timeout: LOOK_MS });
      const state = readBatchState(sent);
      if (state === null) throw unavailable(endpoint, 'something that is no batch');
      return state;
    } catch (error) {
      if (!isGone(error)) throw error;
      // The 404 of a proxy says nothing about a batch that is paid for.
      if (error instanceof APIError && error.error !== undefined) return null;
      throw unavailable(endpoint, `404 without a word about batch ${id}`);
    }
  });
}
