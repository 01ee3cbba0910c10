import { invalidRequest, missingParameter, notPlayed, unknownParameter } from '../openai-error.ts';
import { oneOf } from '../parameter-rule.ts';
import { readFormBody } from '../form-body.ts';
import { jsonReply, type ServedRequest } from '../served-request.ts';
import type { Asked, RouteState } from '../route-request.ts';
import { accountRequest } from './account-request.ts';
import { listPage } from './list-page.ts';

export const filesPath = '/v1/files';
export const filePath = '/v1/files/{id}';
export const fileContentPath = '/v1/files/{id}/content';

/** Of an upload with any purpose; a batch takes less, and says so when it looks at the file. */
export const maxFileBytes = 512 * 1024 * 1024;

const purposes = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'];

export async function readFileUpload({ upload }: Asked, { files }: RouteState): Promise<ServedRequest> {
  const form = await readFormBody(upload);
  for (const name of form.keys()) {
    if (name.startsWith('expires_after')) throw notPlayed(`'${name}'`);
    if (name !== 'file' && name !== 'purpose') throw unknownParameter(name);
  }
  const file = form.get('file');
  const purpose = form.get('purpose');
  if (file === null) throw missingParameter('file');
  if (typeof file === 'string') throw invalidRequest("Invalid type for 'file': expected a file.", 'file');
  if (purpose === null) throw missingParameter('purpose');
  oneOf(...purposes)(purpose, 'purpose');
  if (purpose !== 'batch') throw notPlayed('files with another purpose than batch');
  if (!file.name.endsWith('.jsonl')) throw invalidRequest('Invalid file format for Batch API. Must be .jsonl', 'file');
  const bytes = Buffer.from(await file.arrayBuffer());
  if (bytes.length === 0) throw invalidRequest('File is empty.', 'file');
  const body = { purpose, file: { name: file.name, byteLength: bytes.length } };
  return accountRequest(filesPath, upload, body, () => jsonReply(files.add(file.name, 'batch', bytes)));
}

export const readFileList = ({ upload, query }: Asked, { files }: RouteState): ServedRequest =>
  accountRequest(filesPath, upload, {}, () => {
    const order = query.get('order') ?? 'desc';
    oneOf('asc', 'desc')(order, 'order');
    const purpose = query.get('purpose');
    const all = files.all.filter((file) => purpose === null || file.purpose === purpose);
    return jsonReply(listPage(order === 'asc' ? all : all.toReversed(), query, { usual: 10_000, most: 10_000 }));
  });

export const readFileLook = ({ upload, id }: Asked, { files }: RouteState): ServedRequest =>
  accountRequest(filePath, upload, {}, () => jsonReply(files.get(id).object));

export const readFileContent = ({ upload, id }: Asked, { files }: RouteState): ServedRequest =>
  accountRequest(fileContentPath, upload, {}, () => ({
    contentType: 'application/octet-stream',
    body: files.get(id).bytes.toString('utf8'),
  }));

export const readFileDelete = ({ upload, id }: Asked, { files }: RouteState): ServedRequest =>
  accountRequest(filePath, upload, {}, () => {
    files.delete(id);
    return jsonReply({ id, object: 'file', deleted: true });
  });
