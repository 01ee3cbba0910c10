import type { Json } from '../../manifests/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../../datasets/declaration/json-object.ts';
import { manifestJsonSchema } from './manifest-schema.ts';
import { GENERATED, page, table } from './markdown.ts';
import { schemaText } from './schema-text.ts';

/** What the names mean that a manifest chooses itself, by the key that holds them. */
const NAMED: Readonly<Record<string, string>> = {
  steps: 'step',
  partitions: 'partition',
  skipped: 'code',
  failed: 'code',
  reads: 'role',
  partial: 'reason',
  not_asked: 'reason',
  models: 'model',
  software: 'program',
};

/** The reference page of a manifest. */
export function manifestPage(): string {
  const { properties } = manifestJsonSchema();
  const { state, record, ...top } = isJsonObject(properties) ? properties : {};
  return page(
    GENERATED,
    '# Manifest',
    'A version is one manifest: a JSON document that names every file of the version by the SHA-256 of its bytes. It is stored as canonical JSON (RFC 8785) under `manifests/sha256/`, and the SHA-256 of those bytes is the name of the version. [versions.md](../versions.md) tells how to check one by hand; [manifest.schema.json](manifest.schema.json) is its JSON Schema.',
    'Every key below is always there, but `media`, `answers`, `reads` and `collection`; there are no others. `<step>` and the like stand for names. A digest is `sha256:` and 64 hexadecimal digits. Numbers that may pass 2^53, and times, are decimal text. Row ids, user names, texts and secrets are never in a manifest.',
    keyTable(top),
    '## state',
    'What the version is. Two versions with equal values have an equal `stateDigest`.',
    keyTable(isJsonObject(state) ? state['properties'] : {}),
    '## record',
    'How it came to be: who, when, from what, by which models, at what price. None of it is in the `stateDigest`.',
    keyTable(isJsonObject(record) ? record['properties'] : {}),
  );
}

const keyTable = (properties: Json | undefined) => table(['key', 'type', 'meaning'], rowsOf(properties, ''));

function rowsOf(properties: Json | undefined, path: string): string[][] {
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([key, of]) => (isJsonObject(of) ? keyRows(`${path}${key}`, key, of) : []));
}

/** A key and, below it, the keys of what it holds. */
function keyRows(path: string, key: string, schema: JsonObject): string[][] {
  const { description } = schema;
  const own = [`\`${path}\``, typeText(schema), typeof description === 'string' ? description : ''];
  if (schema['type'] === 'array' && isJsonObject(schema['items']) && isJsonObject(schema['items']['properties']))
    return [[own[0]!, 'list', own[2]!], ...rowsOf(schema['items']['properties'], `${path}[].`)];
  if (isJsonObject(schema['properties'])) {
    const inner = rowsOf(schema['properties'], `${path}.`);
    return own[2] === '' ? inner : [[own[0]!, 'mapping', own[2]!], ...inner];
  }
  const values = schema['additionalProperties'];
  if (!isJsonObject(values)) return [own];
  const name = NAMED[key];
  if (name === undefined) throw new Error(`what are the names in ${path} of a manifest? Say it in ${import.meta.url}`);
  if (isJsonObject(values['properties'])) return rowsOf(values['properties'], `${path}.<${name}>.`);
  return [[`\`${path}.<${name}>\``, typeText(values), own[2]!]];
}

function typeText(schema: JsonObject): string {
  if ('$ref' in schema) return 'JSON';
  const { anyOf, type } = schema;
  const branches = Array.isArray(type) ? type.map((one: Json) => ({ type: one })) : anyOf;
  if (Array.isArray(branches))
    return branches.map((branch: Json) => (isJsonObject(branch) ? typeText(branch) : '')).join(' or ');
  if (type === 'null') return 'null';
  const { pattern } = schema;
  if (typeof pattern === 'string') return pattern.includes('sha256') ? 'digest' : 'decimal text';
  return schemaText(schema);
}
