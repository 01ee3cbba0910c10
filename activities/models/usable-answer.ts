import { isJsonObject, type JsonObject } from '../../datasets/declaration/json-object.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import { firstIn, objectIn, textIn } from './answer-usage.ts';
import { parseWellFormed } from './well-formed-json.ts';
import type { ModelRequest } from './model-calls.ts';

/** Either what a model said, in the endpoint's form, or what came instead. */
export type ReadAnswer =
  | { readonly kind: 'usable'; readonly body: JsonObject }
  /** JSON in which no model says anything: the same server gives it again for the same request, more often than not. */
  | { readonly kind: 'empty'; readonly body: JsonObject; readonly found: string }
  /** A page of a proxy, or an answer cut in the middle. */
  | { readonly kind: 'broken'; readonly found: string };

export function readAnswer(bytes: Buffer, endpoint: ModelRequest['endpoint']): ReadAnswer {
  const text = bytes.toString('utf8');
  let body: Json;
  try {
    // The bytes as they came stay in the bucket.
    body = parseWellFormed(text);
  } catch {
    return { kind: 'broken', found: /^\s*</.test(text) ? 'an HTML page' : 'half of a JSON text' };
  }
  if (!isJsonObject(body)) return { kind: 'broken', found: 'JSON that is no object' };
  if (endpoint === 'audio/transcriptions')
    return textIn(body, 'text') === null ? empty(body, 'no text') : { kind: 'usable', body };
  if (endpoint === 'embeddings')
    return Array.isArray(firstIn(body, 'data')?.['embedding']) ? { kind: 'usable', body } : empty(body, 'no vector');
  const choice = firstIn(body, 'choices');
  if (choice === null) return empty(body, 'no choice');
  return objectIn(choice, 'message') === null ? empty(body, 'a choice without a message') : { kind: 'usable', body };
}

function empty(body: JsonObject, found: string): ReadAnswer {
  const error = objectIn(body, 'error');
  return { kind: 'empty', body, found: error ? `an error with a success status (${textIn(error, 'message')})` : found };
}
