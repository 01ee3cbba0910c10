import { chatPath, readChatRequest } from './chat-endpoint.ts';
import { embeddingsPath, readEmbeddingsRequest } from './embeddings-endpoint.ts';
import { modelsPath, readModelsRequest } from './models-endpoint.ts';
import { OpenAIError } from './openai-error.ts';
import type { PromptCache } from './prompt-cache.ts';
import type { ServedRequest, Upload } from './served-request.ts';
import { readTranscriptionRequest, transcriptionPath } from './transcription-endpoint.ts';

type Read = (upload: Upload, cache: PromptCache) => ServedRequest | Promise<ServedRequest>;

const endpoints: Readonly<Record<string, { method: string; read: Read }>> = {
  [chatPath]: { method: 'POST', read: readChatRequest },
  [transcriptionPath]: { method: 'POST', read: readTranscriptionRequest },
  [embeddingsPath]: { method: 'POST', read: readEmbeddingsRequest },
  [modelsPath]: { method: 'GET', read: readModelsRequest },
};

export async function routeRequest(
  method: string,
  path: string,
  upload: Upload,
  cache: PromptCache,
): Promise<ServedRequest> {
  const endpoint = endpoints[path];
  if (endpoint === undefined) throw new OpenAIError(404, `Invalid URL (${method} ${path})`);
  if (endpoint.method !== method) {
    throw new OpenAIError(
      405,
      `Not allowed to ${method} on ${path}. (HINT: Perhaps you meant to use a different HTTP method?)`,
      { code: 'method_not_supported' },
    );
  }
  return endpoint.read(upload, cache);
}
