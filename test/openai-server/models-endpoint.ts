import type { Model } from 'openai/resources/models';
import { modelNames } from './model-catalogue.ts';
import { jsonReply, type ServedRequest, type Upload } from './served-request.ts';

export const modelsPath = '/v1/models';

export function readModelsRequest({ bytesDigest }: Upload): ServedRequest {
  const data = modelNames().map((id): Model => ({ id, object: 'model', created: 1_686_935_002, owned_by: 'openai' }));
  return {
    path: modelsPath,
    model: '',
    body: {},
    text: '',
    digest: bytesDigest,
    promptTokens: 0,
    reservedTokens: 0,
    billed: false,
    reply: () => jsonReply({ object: 'list', data }),
  };
}
