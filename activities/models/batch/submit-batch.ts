import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../client-pool.ts';
import { ProviderUnavailableError } from '../provider-unavailable-error.ts';
import { atProvider, unavailable } from './batch-error.ts';
import type { BatchFile } from './batch-file.ts';
import { type BatchState, KEY_NAME, readBatchState } from './batch-state.ts';
import { findBatch } from './find-batch.ts';
import { deleteFile } from './forget-batch.ts';
import { newestItems } from './newest-items.ts';

export interface BatchSubmission {
  /**
   * 1 to 64 digits or lower-case letters; one key stands for one file sent once. It is what finds the batch again when
   * the answer to its creation was lost, or its sender killed. Sending the same lines once more needs another key.
   */
  readonly key: string;
  readonly file: BatchFile;
  /** Before the key was first used: the provider's list is read back to this moment. */
  readonly createdAfterMs: number;
  readonly signal: AbortSignal;
  /** How long the provider's list may lag behind; 2 s unless said. */
  readonly settleMs?: number;
}

export interface SubmittedBatch extends BatchState {
  /** It was there already. */
  readonly sentBefore: boolean;
}

const UPLOAD_MS = 60 * 60_000;
const CREATE_MS = 5 * 60_000;

/**
 * Sends a batch, or finds the one that was sent before under the same key. Throws what online requests throw for the
 * same reasons; after `ProviderUnavailableError` the same call goes on where this one stopped, with the file uploaded.
 */
export async function submitBatch(endpoint: Endpoint, submission: BatchSubmission): Promise<SubmittedBatch> {
  const { key, file, signal, settleMs = 2000 } = submission;
  if (!/^[0-9a-z]{1,64}$/.test(key)) throw new RangeError(`no key of a batch: ${key}`);
  const sent = await findBatch(endpoint, submission);
  if (sent) return { ...sent, sentBefore: true };
  const inputFile = (await uploadedFile(endpoint, submission)) ?? (await upload(endpoint, submission));
  try {
    return { ...(await create(endpoint, inputFile, key, file, signal)), sentBefore: false };
  } catch (error) {
    if (!(error instanceof ProviderUnavailableError)) {
      // Refused for good: nobody will ask for this file again.
      if (!signal.aborted) await deleteFile(endpoint, inputFile, signal);
      throw error;
    }
    // It may have been created all the same.
    let created = await findBatch(endpoint, submission);
    if (created === null) {
      await sleep(settleMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      created = await findBatch(endpoint, submission);
    }
    if (created === null) throw error;
    return { ...created, sentBefore: false };
  }
}

const nameOf = (key: string): string => `gettok-${key}.jsonl`;

/** Uploaded for the same key by somebody who came no further; left alone, the provider deletes it after 30 days. */
async function uploadedFile(
  endpoint: Endpoint,
  { key, file, createdAfterMs, signal }: BatchSubmission,
): Promise<string | null> {
  const list = { path: '/files', query: { purpose: 'batch', order: 'desc' } } as const;
  for await (const item of newestItems(endpoint, list, createdAfterMs, signal))
    if (item['filename'] === nameOf(key) && item['bytes'] === file.content.size) return item.id;
  return null;
}

function upload(endpoint: Endpoint, { key, file, signal }: BatchSubmission): Promise<string> {
  return atProvider(endpoint, signal, async () => {
    // A native file is sent piece by piece with its length known; the SDK neither copies nor buffers it.
    const named = new File([file.content], nameOf(key), { type: 'application/jsonl' });
    const options = { signal, maxRetries: 0, timeout: UPLOAD_MS };
    const { id }: { readonly id?: unknown } = await endpoint.client.files.create(
      { file: named, purpose: 'batch' },
      options,
    );
    if (typeof id !== 'string' || id === '') throw unavailable(endpoint, 'something that is no uploaded file');
    return id;
  });
}

function create(
  endpoint: Endpoint,
  inputFile: string,
  key: string,
  { path }: BatchFile,
  signal: AbortSignal,
): Promise<BatchState> {
  return atProvider(endpoint, signal, async () => {
    const sent = await endpoint.client.batches.create(
      { input_file_id: inputFile, endpoint: path, completion_window: '24h', metadata: { [KEY_NAME]: key } },
      { signal, maxRetries: 0, timeout: CREATE_MS },
    );
    const state = readBatchState(sent);
    if (state === null) throw unavailable(endpoint, 'something that is no batch');
    return state;
  });
}
