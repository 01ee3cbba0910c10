import { invalidRequest, OpenAIError } from './openai-error.ts';
import type { Upload } from './served-request.ts';

/** OpenAI's limit on an upload; it counts the whole body, so that the file has to be a little smaller. */
export const maxUploadBytes = 25 * 1024 * 1024;

export const tooLarge = (byteLength: number): OpenAIError =>
  new OpenAIError(413, `413: Maximum content size limit (${maxUploadBytes}) exceeded (${byteLength} bytes read)`, {
    type: 'server_error',
  });

/** The fields of a multipart body in the order they were sent. */
export async function readFormBody({ bytes, contentType }: Upload): Promise<FormData> {
  if (!contentType.toLowerCase().startsWith('multipart/form-data')) {
    throw invalidRequest(
      `Invalid Content-Type header (${contentType}), expected multipart/form-data.`,
      null,
      'unsupported_content_type',
    );
  }
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw invalidRequest('Could not parse multipart form');
  }
}
