import type { z } from 'zod';
import { jsonSchemaOf } from '../../datasets/declaration/dataset-schema.ts';
import { isJsonObject } from '../../datasets/declaration/json-object.ts';
import { referenceIn } from '../../datasets/declaration/parameter-references.ts';
import { table } from './markdown.ts';
import { code, schemaText } from './schema-text.ts';

const REFERENCES = { prompt: 'path of a prompt file', model: 'name of a model' } as const;

/** A table of an object's keys: type, default and meaning. Null for an object without keys. */
export function parameterTable(schema: z.ZodObject): string | null {
  const { properties, required } = jsonSchemaOf(schema);
  if (!isJsonObject(properties) || Object.keys(properties).length === 0) return null;
  const mustStand = new Set(Array.isArray(required) ? required : []);
  const rows = Object.entries(properties).map(([name, of]) => {
    const reference = referenceIn(schema.shape[name] ?? schema);
    const { default: value, description } = isJsonObject(of) ? of : {};
    const fallback = value === undefined ? (mustStand.has(name) ? 'required' : '–') : code(value);
    const meaning = typeof description === 'string' && reference === undefined ? description : '';
    return [`\`${name}\``, reference === undefined ? schemaText(of) : REFERENCES[reference], fallback, meaning];
  });
  const explained = rows.some(([, , , meaning]) => meaning !== '');
  return table(
    ['key', 'type', 'default', ...(explained ? ['meaning'] : [])],
    rows.map((row) => row.slice(0, explained ? 4 : 3)),
  );
}
