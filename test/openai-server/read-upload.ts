import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { tooLarge } from './form-body.ts';
import type { Upload } from './served-request.ts';

// 50 MB is what OpenAI's guide to images allows a request.
const maxRequestBytes = 50 * 1024 * 1024;

/** The whole body. Of one that is too large only the count is kept, and it is read to its end so that the 413 arrives. */
export async function readUpload(request: IncomingMessage, maxBytes = maxRequestBytes): Promise<Upload> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    byteLength += chunk.length;
    if (byteLength <= maxBytes) chunks.push(chunk);
  }
  if (byteLength > maxBytes) throw tooLarge(byteLength);
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  return { bytes, contentType: request.headers['content-type'] ?? '', bytesDigest: hash('sha256', bytes) };
}
