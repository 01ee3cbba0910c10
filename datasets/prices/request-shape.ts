import type { Json } from '../../manifests/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../declaration/json-object.ts';
import type { CountTokens } from './count-tokens.ts';
import type { Detail } from './image-tokens.ts';

/** What of a request is paid for. */
export interface RequestShape {
  /** In the order in which the model reads them. */
  readonly texts: readonly string[];
  readonly messages: number;
  readonly images: number;
  readonly detail: Detail;
  /** The form of the answer as JSON Schema; empty where there is none. */
  readonly schema: string;
  /** Null where the request sets no limit; 0 for a request that is answered by vectors. */
  readonly maxOutputTokens: number | null;
}

/** Reads the body of a request to `chat/completions` or `embeddings`. */
export function requestShape(body: JsonObject): RequestShape {
  if ('input' in body) {
    const texts = listOf(body['input']).filter((text) => typeof text === 'string');
    return { texts, messages: 0, images: 0, detail: 'auto', schema: '', maxOutputTokens: 0 };
  }
  const messages = listOf(body['messages']);
  const parts = messages.flatMap((message) => (isJsonObject(message) ? partsOf(message['content']) : []));
  const images = parts.filter((part) => part['type'] === 'image_url').map((part) => part['image_url']);
  const [detail] = images.flatMap((image) => (isJsonObject(image) ? [image['detail']] : []));
  const limit = body['max_completion_tokens'] ?? body['max_tokens'];
  return {
    texts: parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])),
    messages: messages.length,
    images: images.length,
    detail: detail === 'low' || detail === 'high' ? detail : 'auto',
    schema: body['response_format'] === undefined ? '' : JSON.stringify(body['response_format']),
    maxOutputTokens: typeof limit === 'number' ? limit : null,
  };
}

const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

const partsOf = (content: Json | undefined): readonly JsonObject[] =>
  typeof content === 'string'
    ? [{ type: 'text', text: content }]
    : listOf(content).filter((part) => isJsonObject(part));

/** Of a message's role and limits, and of the answer's beginning, as OpenAI's cookbook counts them for gpt-4o (tiktoken). */
const PER_MESSAGE = { low: 3, high: 4 };
const PER_ANSWER = 3;

/** Tokens of all texts of a request, and what the provider adds: how it counts a schema is not documented. */
export const textTokens = ({ texts }: RequestShape, count: CountTokens): number =>
  texts.reduce((sum, text) => sum + count(text), 0);

export function addedTokens({ messages, schema }: RequestShape, count: CountTokens) {
  if (messages === 0) return { low: 0, high: 0 };
  return { low: PER_MESSAGE.low * messages, high: PER_MESSAGE.high * messages + PER_ANSWER + count(schema) };
}

// openai.com/index/api-prompt-caching (read 2026-11-25): prefixes from 1,024 tokens on, in steps of 128.
const SMALLEST_PREFIX = 1024;
const PREFIX_STEP = 128;

/** How many tokens two requests of the same step can share in the provider's prompt cache. */
export function cacheableTokens(one: RequestShape, other: RequestShape, count: CountTokens): number {
  const [a, b] = [one.texts.join('\n'), other.texts.join('\n')];
  let end = 0;
  while (end < a.length && a[end] === b[end]) end += 1;
  const tokens = count(a.slice(0, end).toWellFormed());
  return tokens < SMALLEST_PREFIX ? 0 : tokens - (tokens % PREFIX_STEP);
}
