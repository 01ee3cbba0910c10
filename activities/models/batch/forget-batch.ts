import type { Endpoint } from '../client-pool.ts';
import { type BatchState, hasEnded } from './batch-state.ts';

const DELETE_MS = 30_000;

/**
 * Deletes the files of an ended batch at the provider, once its results are durable here. Best effort: what stays, the
 * provider deletes after 30 days.
 */
export async function forgetBatch(endpoint: Endpoint, state: BatchState, signal: AbortSignal): Promise<void> {
  if (!hasEnded(state)) throw new RangeError(`batch ${state.id} is ${state.status}: its files are still needed`);
  for (const file of [state.inputFile, state.outputFile, state.errorFile])
    if (file !== null) await deleteFile(endpoint, file, signal);
}

/** Whatever comes of it. */
export async function deleteFile({ client }: Endpoint, id: string, signal: AbortSignal): Promise<void> {
  try {
    await client.files.delete(id, { signal, maxRetries: 0, timeout: DELETE_MS });
  } catch {
    signal.throwIfAborted();
  }
}
