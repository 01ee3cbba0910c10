import type { TranscriptionCreateParamsNonStreaming } from 'openai/resources/audio/transcriptions';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { Endpoint } from './client-pool.ts';
import { withImages } from './image-data-url.ts';
import type { ModelRequest } from './model-calls.ts';
import { speechFile } from './speech-file.ts';

/** An answer with a success status, as it came. */
export interface RawAnswer {
  readonly bytes: Buffer;
  readonly status: number;
  readonly headers: Headers;
  readonly requestId: string | null;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** No complete answer in the time given. */
export class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
}

/** A request as it leaves: images and audio are in it. Made once, sent as often as there are tries. */
export type SendableBody = object & { readonly file?: File };

export async function sendableBody(
  request: ModelRequest,
  blobs: Pick<BlobStore, 'get' | 'file'>,
): Promise<SendableBody> {
  if (request.endpoint === 'chat/completions') return await withImages(request.body, blobs);
  if (request.endpoint === 'embeddings') return request.body;
  return { ...request.body, file: await speechFile(request, blobs) };
}

/** One try. Throws what the SDK throws, `TooSlowError`, or the signal's reason. */
export async function sendRequest(
  { client }: Endpoint,
  endpoint: ModelRequest['endpoint'],
  body: SendableBody,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<RawAnswer> {
  signal.throwIfAborted();
  // The SDK's own time-out ends when the headers are there; this one covers the body too.
  const ending = new AbortController();
  const abort = () => ending.abort(signal.reason);
  const timer = setTimeout(() => ending.abort(new TooSlowError(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  const options = { signal: ending.signal, timeout: timeoutMs + 1000, maxRetries: 0 };
  const startedMs = Date.now();
  try {
    const response = await (endpoint === 'audio/transcriptions'
      ? client.audio.transcriptions.create(body as TranscriptionCreateParamsNonStreaming, options).asResponse()
      : client.post(`/${endpoint}`, { ...options, body }).asResponse());
    const bytes = Buffer.from(await response.arrayBuffer());
    const requestId = response.headers.get('x-request-id');
    const { status, headers } = response;
    return { bytes, status, headers, requestId, startedMs, endedMs: Date.now() };
  } catch (error) {
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
