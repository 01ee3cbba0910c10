import type { BatchError } from 'openai/resources/batches';
import { isObject } from '../parameter-rule.ts';

export interface BatchInputLine {
  readonly customId: string;
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What one batch takes at most: 50,000 requests, 200 MB and 50,000 inputs of embeddings, unless a test makes it small. */
export interface BatchLimits {
  readonly requests?: number;
  readonly bytes?: number;
}

export type BatchInput =
  | { readonly lines: readonly BatchInputLine[]; readonly model: string; readonly errors: null }
  | { readonly errors: BatchError[] };

// More than these are not listed, so that a wrong file of 50,000 lines has an answer of readable size.
const maxErrors = 100;
const maxCustomIdLength = 64;

/** What is validated before a batch begins. Whether a body is a correct request shows when its line is answered. */
export function readBatchInput(bytes: Buffer, endpoint: string, limits: BatchLimits): BatchInput {
  const { requests: maxLines = 50_000, bytes: maxBytes = 200 * 1024 * 1024 } = limits;
  const whole = (code: string, message: string): BatchInput => ({
    errors: [{ code, message, line: null, param: null }],
  });
  if (bytes.length > maxBytes)
    return whole('file_too_large', `The batch input file is larger than the ${maxBytes} maximum.`);
  const texts = bytes.toString('utf8').split('\n');
  if (texts.at(-1) === '') texts.pop();
  if (texts.length === 0) return whole('empty_file', 'The batch input file is empty.');
  if (texts.length > maxLines)
    return whole(
      'too_many_tasks',
      `The batch input file has ${texts.length} requests, more than the ${maxLines} maximum.`,
    );

  const errors: BatchError[] = [];
  const lines: BatchInputLine[] = [];
  const customIds = new Set<string>();
  let model: string | null = null;
  let inputs = 0;
  for (const [index, text] of texts.entries()) {
    const wrong = (code: string, message: string, param: string | null = null): void => {
      errors.push({ code, message, param, line: index + 1 });
    };
    const read = readLine(text, endpoint);
    if ('code' in read) {
      wrong(read.code, read.message, read.param);
      continue;
    }
    const asked = String(read.body['model']);
    model ??= asked;
    inputs += Array.isArray(read.body['input']) ? read.body['input'].length : 1;
    if (customIds.has(read.customId))
      wrong(
        'duplicate_custom_id',
        `The custom_id '${read.customId}' for this request is a duplicate of another request.`,
        'custom_id',
      );
    else if (asked !== model)
      wrong(
        'model_mismatch',
        `The provided model '${asked}' does not match the first request's '${model}'.`,
        'body.model',
      );
    else lines.push(read);
    customIds.add(read.customId);
  }
  if (errors.length > 0) return { errors: errors.slice(0, maxErrors) };
  if (endpoint === '/v1/embeddings' && inputs > maxLines)
    return whole('too_many_tasks', `The batch has ${inputs} embedding inputs, more than the ${maxLines} maximum.`);
  return { lines, model: model ?? '', errors: null };
}

function readLine(
  text: string,
  endpoint: string,
): BatchInputLine | { readonly code: string; readonly message: string; readonly param: string | null } {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    line = null;
  }
  if (!isObject(line))
    return { code: 'invalid_json_line', message: 'This line is not parseable as valid JSON.', param: null };
  const { custom_id: customId, method, url, body, ...others } = line;
  const other = Object.keys(others)[0];
  if (other !== undefined)
    return { code: 'unknown_parameter', message: `Unknown parameter: '${other}'.`, param: other };
  if (typeof customId !== 'string' || customId === '' || customId.length > maxCustomIdLength)
    return { code: 'invalid_custom_id', message: 'A custom_id is a string of 1 to 64 characters.', param: 'custom_id' };
  if (method !== 'POST') return { code: 'invalid_method', message: "The method must be 'POST'.", param: 'method' };
  if (url !== endpoint) {
    const message = `The URL provided for this request does not match the batch endpoint: ${JSON.stringify(url)}, '${endpoint}'.`;
    return { code: 'url_mismatch', message, param: 'url' };
  }
  if (!isObject(body)) return { code: 'invalid_body', message: 'The body is no JSON object.', param: 'body' };
  return { customId, url, body };
}
