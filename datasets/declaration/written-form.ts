import { stringify } from 'yaml';
import type { Json } from '../../manifests/canonical-json.ts';
import { type Digest, hexOf } from '../../manifests/digest.ts';
import { isPromptDigest } from './json-changes.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

/** What a declaration is written as: the content of `dataset.yaml`, and the prompt files that it names. */
export interface WrittenForm {
  readonly value: JsonObject;
  /** Digests of texts by path. */
  readonly prompts: ReadonlyMap<string, Digest>;
}

/** Undoes what `normalised` did. Prompts get files named after their step and digest, so that none stands in for another. */
export function writtenForm(normalised: Json): WrittenForm {
  const prompts = new Map<string, Digest>();
  const { steps, overrides: _recorded, ...head } = isJsonObject(normalised) ? normalised : {};
  const written = Object.entries(isJsonObject(steps) ? steps : {}).map(([name, step]): [string, Json] => [
    name,
    isJsonObject(step) ? writtenStep(name, step, prompts) : step,
  ]);
  const present = Object.entries(head).filter(([, value]) => value !== null && !isEmpty(value));
  return { value: { ...Object.fromEntries(present), steps: Object.fromEntries(written) }, prompts };
}

export const yamlOf = ({ value }: Pick<WrittenForm, 'value'>): string => stringify(value, { lineWidth: 0 });

function writtenStep(
  name: string,
  { needs, with: given, tuning, ...rest }: JsonObject,
  prompts: Map<string, Digest>,
): Json {
  const parameters = { ...(isJsonObject(given) ? given : {}), ...(isJsonObject(tuning) ? tuning : {}) };
  const written = Object.entries(parameters).map(([key, value]) => [key, withPaths(name, value, prompts)] as const);
  return {
    ...rest,
    ...(needs !== undefined && !isEmpty(needs) && { needs }),
    ...(written.length > 0 && { with: Object.fromEntries(written) }),
  };
}

function withPaths(step: string, value: Json, prompts: Map<string, Digest>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withPaths(step, item, prompts));
  if (!isJsonObject(value)) return value;
  if (isPromptDigest(value)) {
    const { prompt } = value;
    const path = `prompts/${step}-${hexOf(prompt).slice(0, 8)}.md`;
    prompts.set(path, prompt);
    return path;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPaths(step, item, prompts)]));
}

const isEmpty = (value: Json): boolean =>
  value !== null && typeof value === 'object' && Object.keys(value).length === 0;
