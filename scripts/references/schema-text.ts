import type { Json } from '../../manifests/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../../datasets/declaration/json-object.ts';

/** A JSON Schema of one value in words: `whole number, 1 to 64`, `list of text`, `"jpeg" or "png"`. */
export function schemaText(schema: Json | undefined): string {
  if (!isJsonObject(schema)) return 'anything';
  const { const: only, enum: values, anyOf, oneOf, type, items, minItems, additionalProperties } = schema;
  if (only !== undefined) return code(only);
  if (Array.isArray(values)) return joined(values.map(code));
  const branches = Array.isArray(anyOf) ? anyOf : oneOf;
  if (Array.isArray(branches)) return joined([...new Set(branches.map((branch: Json) => schemaText(branch)))]);
  if (type === 'null') return 'nothing';
  if (type === 'string') return schema['format'] === 'date' ? 'date' : 'text';
  if (type === 'boolean') return 'true or false';
  if (type === 'integer' || type === 'number')
    return `${type === 'integer' ? 'whole number' : 'number'}${bounds(schema)}`;
  if (type === 'array' && Array.isArray(items)) {
    const texts = items.map((item: Json) => schemaText(item).replaceAll('`', ''));
    return `\`[${texts.join(', ')}]\``;
  }
  if (type === 'array')
    return `list of ${schemaText(items)}${typeof minItems === 'number' && minItems > 1 ? `, at least ${minItems}` : ''}`;
  if (type !== 'object') return 'anything';
  const { properties } = schema;
  if (isJsonObject(properties))
    return `mapping of ${Object.entries(properties)
      .map(([key, of]) => `\`${key}\` (${schemaText(of)})`)
      .join(', ')}`;
  return `mapping of names to ${schemaText(additionalProperties)}`;
}

export const code = (value: Json): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

const joined = (texts: readonly string[]) =>
  texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject): string {
  const low = typeof minimum === 'number' ? minimum : null;
  const high = typeof maximum === 'number' ? maximum : null;
  if (low !== null && high !== null) return `, ${low} to ${high}`;
  if (typeof exclusiveMinimum === 'number')
    return `, above ${exclusiveMinimum}${high === null ? '' : ` and at most ${high}`}`;
  if (typeof exclusiveMaximum === 'number') return `, below ${exclusiveMaximum}`;
  return low !== null ? `, at least ${low}` : high !== null ? `, at most ${high}` : '';
}
