import { canonicalJson, equalJson, type Json } from '../../manifests/canonical-json.ts';
import { type Digest, isDigest } from '../../manifests/digest.ts';
import { isJsonObject } from './json-object.ts';

/** One value that differs; undefined where there is none. */
export interface JsonChange {
  readonly path: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** What differs between two values, as deep as both are mappings; a list is one value, and so is a prompt's digest. */
export function jsonChanges(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[] = [],
): JsonChange[] {
  if (before !== undefined && after !== undefined && equalJson(before, after)) return [];
  if (!isJsonObject(before) || !isJsonObject(after) || isPromptDigest(before) || isPromptDigest(after))
    return before === undefined && after === undefined ? [] : [{ path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => jsonChanges(before[key], after[key], [...path, key]));
}

/** A change in a few words, such as `with.temperature 0 → 1`, `with.prompt (another text)`, `with.labels`. */
export function changeText({ path, before, after }: JsonChange): string {
  const name = path.filter((key) => key !== 'tuning').join('.');
  const [from, to] = [shown(before), shown(after)];
  if (isPromptDigest(before) && isPromptDigest(after)) return `${name} (another text)`;
  if (before === undefined) return to === null ? `${name} added` : `${name} ${to} added`;
  if (after === undefined) return `${name} removed`;
  return from === null || to === null ? name : `${name} ${from} → ${to}`;
}

/** How a prompt stands in a declaration as manifests keep it. */
export const isPromptDigest = (value: Json | undefined): value is { readonly prompt: Digest } =>
  isJsonObject(value) && isDigest(value['prompt']) && Object.keys(value).length === 1;

/** Short values only; what is long is looked at in the files. */
function shown(value: Json | undefined): string | null {
  if (value === undefined || isJsonObject(value)) return null;
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return text.length > 60 || text.includes('\n') ? null : text;
}
