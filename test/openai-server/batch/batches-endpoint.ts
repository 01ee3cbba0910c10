import { readJsonBody } from '../json-body.ts';
import { invalidRequest } from '../openai-error.ts';
import {
  checkParameters,
  isObject,
  nullable,
  oneOf,
  string,
  wrongType,
  type ParameterRule,
} from '../parameter-rule.ts';
import type { Asked, RouteState } from '../route-request.ts';
import { jsonReply, type ServedRequest } from '../served-request.ts';
import { accountRequest } from './account-request.ts';
import { listPage } from './list-page.ts';
import { newBatch } from './wire-batch.ts';

export const batchesPath = '/v1/batches';
export const batchPath = '/v1/batches/{id}';
export const batchCancelPath = '/v1/batches/{id}/cancel';

/** The endpoints of the real one that this server plays and that the product uses; audio is none of them there either. */
const endpoints = ['/v1/chat/completions', '/v1/embeddings'];
const maxPairs = 16;

const metadata: ParameterRule = (value, param) => {
  if (!isObject(value)) throw wrongType(param, 'an object', value);
  const pairs = Object.entries(value);
  if (pairs.length > maxPairs)
    throw invalidRequest(`Invalid '${param}': too many properties. Expected at most ${maxPairs}.`, param);
  for (const [key, text] of pairs) {
    if (key.length > 64) throw invalidRequest(`Invalid '${param}': a key is longer than 64 characters.`, param);
    string({ maxLength: 512 })(text, `${param}.${key}`);
  }
};

const rules = {
  input_file_id: string(),
  endpoint: oneOf(...endpoints),
  completion_window: oneOf('24h'),
  metadata: nullable(metadata),
};

export function readBatchCreate({ upload }: Asked, { files, batches }: RouteState): ServedRequest {
  const body = readJsonBody(upload);
  checkParameters(body, rules, ['input_file_id', 'endpoint', 'completion_window']);
  const inputFile = String(body['input_file_id']);
  const file = files.find(inputFile);
  if (file === undefined)
    throw invalidRequest(`Cannot find file ${inputFile}, or project proj_test does not have access to it.`, 'file_id');
  if (file.object.purpose !== 'batch') throw invalidRequest("Expected a file with purpose 'batch'.", 'input_file_id');
  return accountRequest(batchesPath, upload, body, ({ fault }) => {
    const given = isObject(body['metadata']) ? body['metadata'] : null;
    const pairs = given && Object.fromEntries(Object.entries(given).map(([key, text]) => [key, String(text)]));
    const batch = newBatch({ endpoint: String(body['endpoint']), inputFile, metadata: pairs });
    return jsonReply(batches.add(batch, fault));
  });
}

export const readBatchList = ({ upload, query }: Asked, { batches }: RouteState): ServedRequest =>
  accountRequest(batchesPath, upload, {}, () =>
    jsonReply(listPage(batches.newestFirst, query, { usual: 20, most: 100 })),
  );

export const readBatchLook = ({ upload, id }: Asked, { batches }: RouteState): ServedRequest =>
  accountRequest(batchPath, upload, {}, () => jsonReply(batches.get(id)));

export const readBatchCancel = ({ upload, id }: Asked, { batches }: RouteState): ServedRequest =>
  accountRequest(batchCancelPath, upload, {}, () => jsonReply(batches.cancel(id)));
