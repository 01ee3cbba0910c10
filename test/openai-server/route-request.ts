import {
  batchCancelPath,
  batchesPath,
  batchPath,
  readBatchCancel,
  readBatchCreate,
  readBatchList,
  readBatchLook,
} from './batch/batches-endpoint.ts';
import type { BatchQueue } from './batch/batch-queue.ts';
import {
  fileContentPath,
  filePath,
  filesPath,
  readFileContent,
  readFileDelete,
  readFileList,
  readFileLook,
  readFileUpload,
} from './batch/files-endpoint.ts';
import type { StoredFiles } from './batch/stored-files.ts';
import { chatPath, readChatRequest } from './chat-endpoint.ts';
import { embeddingsPath, readEmbeddingsRequest } from './embeddings-endpoint.ts';
import { modelsPath, readModelsRequest } from './models-endpoint.ts';
import { OpenAIError } from './openai-error.ts';
import type { PromptCache } from './prompt-cache.ts';
import type { ServedRequest, Upload } from './served-request.ts';
import { readTranscriptionRequest, transcriptionPath } from './transcription-endpoint.ts';

/** What a route makes its request of. */
export interface Asked {
  readonly upload: Upload;
  readonly query: URLSearchParams;
  /** What stands for `{id}` in the route's path. */
  readonly id: string;
}

export interface RouteState {
  readonly cache: PromptCache;
  readonly files: StoredFiles;
  readonly batches: BatchQueue;
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly read: (asked: Asked, state: RouteState) => ServedRequest | Promise<ServedRequest>;
}

const routes: readonly Route[] = [
  { method: 'POST', path: chatPath, read: ({ upload }, { cache }) => readChatRequest(upload, cache) },
  { method: 'POST', path: transcriptionPath, read: ({ upload }) => readTranscriptionRequest(upload) },
  { method: 'POST', path: embeddingsPath, read: ({ upload }) => readEmbeddingsRequest(upload) },
  { method: 'GET', path: modelsPath, read: ({ upload }) => readModelsRequest(upload) },
  { method: 'POST', path: filesPath, read: readFileUpload },
  { method: 'GET', path: filesPath, read: readFileList },
  { method: 'GET', path: filePath, read: readFileLook },
  { method: 'DELETE', path: filePath, read: readFileDelete },
  { method: 'GET', path: fileContentPath, read: readFileContent },
  { method: 'POST', path: batchesPath, read: readBatchCreate },
  { method: 'GET', path: batchesPath, read: readBatchList },
  { method: 'GET', path: batchPath, read: readBatchLook },
  { method: 'POST', path: batchCancelPath, read: readBatchCancel },
];

const patterns = new Map(
  routes.map(({ path }) => [path, new RegExp(`^${path.replace('{id}', '(?<id>[^/]+)')}$`)] as const),
);

/** `url` is the path with the query. */
export async function routeRequest(
  method: string,
  url: string,
  upload: Upload,
  state: RouteState,
): Promise<ServedRequest> {
  const { pathname, searchParams } = new URL(url, 'http://server');
  const found = routes.filter(({ path }) => patterns.get(path)?.test(pathname));
  if (found.length === 0) throw new OpenAIError(404, `Invalid URL (${method} ${pathname})`);
  const route = found.find((candidate) => candidate.method === method);
  if (route === undefined) {
    throw new OpenAIError(
      405,
      `Not allowed to ${method} on ${pathname}. (HINT: Perhaps you meant to use a different HTTP method?)`,
      { code: 'method_not_supported' },
    );
  }
  const id = patterns.get(route.path)?.exec(pathname)?.groups?.['id'] ?? '';
  return { ...(await route.read({ upload, query: searchParams, id }, state)), method };
}
