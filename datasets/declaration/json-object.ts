import type { Json } from '../../manifests/canonical-json.ts';

export type JsonObject = { readonly [key: string]: Json };

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The same value with the keys of every object in order, so that how they were ordered can't have an effect. */
export function withSortedKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withSortedKeys(item));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, withSortedKeys(item)]));
}

/** The value at a path, or undefined. */
export function jsonAt(value: Json | undefined, path: readonly PropertyKey[]): Json | undefined {
  let at = value;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else at = isJsonObject(at) && Object.hasOwn(at, key) ? at[String(key)] : undefined;
  }
  return at;
}
