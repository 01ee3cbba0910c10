import { invalidRequest } from './openai-error.ts';
import { isObject } from './parameter-rule.ts';
import type { Upload } from './served-request.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const notJson = (): Error =>
  invalidRequest(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
  );

/** The object that a JSON body holds. Half a surrogate pair is refused like any other broken text. */
export function readJsonBody({ bytes, contentType }: Upload): Record<string, unknown> {
  if (contentType.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw invalidRequest(
      `Invalid Content-Type header (${contentType}), expected application/json. (HINT: If you're using curl, you can pass -H 'Content-Type: application/json')`,
      null,
      'unsupported_content_type',
    );
  }
  let body: unknown;
  try {
    const text = utf8.decode(bytes);
    body = JSON.parse(text);
    // A lone surrogate can only arrive escaped, and the search costs less than looking at every string.
    if (/\\ud[89a-f]/i.test(text)) JSON.stringify(body, refuseHalfPairs);
  } catch {
    throw notJson();
  }
  if (!isObject(body)) throw notJson();
  return body;
}

const refuseHalfPairs = (key: string, value: unknown): unknown => {
  if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) throw notJson();
  return value;
};
