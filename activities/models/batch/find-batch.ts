import type { Endpoint } from '../client-pool.ts';
import { unavailable } from './batch-error.ts';
import { type BatchState, KEY_NAME, readBatchState } from './batch-state.ts';
import { newestItems } from './newest-items.ts';

/** The batch that was sent under our key, whoever sent it and whether or not he heard that it arrived; null when there is none. */
export async function findBatch(
  endpoint: Endpoint,
  {
    key,
    createdAfterMs,
    signal,
  }: { readonly key: string; readonly createdAfterMs: number; readonly signal: AbortSignal },
): Promise<BatchState | null> {
  for await (const item of newestItems(endpoint, { path: '/batches' }, createdAfterMs, signal)) {
    if (keyOf(item['metadata']) !== key) continue;
    const state = readBatchState(item);
    if (state === null) throw unavailable(endpoint, `a batch that can't be read (${item.id})`);
    return state;
  }
  return null;
}

const keyOf = (metadata: unknown): unknown =>
  typeof metadata === 'object' && metadata !== null ? Object.getOwnPropertyDescriptor(metadata, KEY_NAME)?.value : null;
