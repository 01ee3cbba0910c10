import { Agent, request } from 'undici';
import { ApiUnreachableError } from '../collect/api-unreachable-error.ts';

/** A page of 100 videos is under 1 MB: what is larger is no page, and must not fill the worker's memory. */
const MOST_BYTES = 32 * 1024 * 1024;

export interface HttpReply {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
  readonly serverTimeMs: number | null;
}

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One POST, whatever its status. Follows no redirect, which would carry the secrets elsewhere. */
export async function sendHttp({ url, headers, body, timeoutMs, signal }: HttpRequest): Promise<HttpReply> {
  signal.throwIfAborted();
  const tooSlow = AbortSignal.timeout(timeoutMs);
  try {
    const reply = await request(url, {
      dispatcher,
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.any([signal, tooSlow]),
    });
    const type = reply.headers['content-type'];
    return {
      status: reply.statusCode,
      contentType: [type ?? []].flat()[0] ?? null,
      body: await textOf(reply.body),
      serverTimeMs: timeIn([reply.headers['date'] ?? []].flat()[0]),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApiUnreachableError) throw error;
    const where = new URL(url).host;
    if (tooSlow.aborted)
      throw new ApiUnreachableError('too_slow', `${where} gave no whole reply within ${timeoutMs / 1000} s.`);
    const code = codeOf(error);
    const found = `${where} can't be reached${code === null ? '' : ` (${code})`}.`;
    throw new ApiUnreachableError('unreachable', found, code === null || !NOT_CONNECTED.has(code));
  }
}

function timeIn(date: string | undefined): number | null {
  const ms = Date.parse(date ?? '');
  return Number.isNaN(ms) ? null : ms;
}

/** The limits of time are the caller's. */
const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let byteLength = 0;
  for await (const bytes of body) {
    byteLength += bytes.length;
    if (byteLength > MOST_BYTES)
      throw new ApiUnreachableError('too_large', `The reply is larger than ${MOST_BYTES / 1024 / 1024} MiB.`);
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

/** There was no connection to send anything on. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
