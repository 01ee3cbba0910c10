import { parse, parseNumberAndBigInt } from 'lossless-json';
import type { ApiJson, JsonObject } from '../collect/api-json.ts';

/** The object that a body is, with every whole number exact; null when it is none, or not to its end. */
export function parseApiJson(body: string): JsonObject | null {
  try {
    // JSON with bigints in it is nothing else.
    const value = parse(body, null, parseNumberAndBigInt) as ApiJson;
    return isJsonObject(value) ? value : null;
  } catch {
    // Not only a SyntaxError: JSON nested too deep ends the parser's stack.
    return null;
  }
}

export const isJsonObject = (value: ApiJson | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A member of an object that a stranger wrote: what its prototype has is none of it. */
export const memberOf = (object: JsonObject, name: string): ApiJson | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;
