import { jsonSchemaOf } from '../../datasets/declaration/dataset-schema.ts';
import { isJsonObject } from '../../datasets/declaration/json-object.ts';
import type { Params, StepKindSignature } from '../../datasets/step-kind.ts';
import type { Json } from '../../manifests/canonical-json.ts';

/**
 * Parameters as small as the schema lets them be, to ask a step kind what it reads and makes: its own example, where it
 * has one. Null where a required one is a mapping, as an output schema is: what the kind makes depends on it.
 */
export function sampleParameters({ params }: Pick<StepKindSignature, 'params'>): Params | null {
  const { properties, required, examples } = jsonSchemaOf(params);
  const example = Array.isArray(examples) ? params.safeParse(examples[0]) : null;
  if (example?.success) return example.data;
  const names = Array.isArray(required) ? required.map(String) : [];
  const sample: { [name: string]: Json } = {};
  for (const name of names) {
    const value = sampleOf(isJsonObject(properties) ? properties[name] : undefined);
    if (value === null) return null;
    sample[name] = value;
  }
  const parsed = params.safeParse(sample);
  return parsed.success ? parsed.data : null;
}

function sampleOf(schema: Json | undefined): Json {
  if (!isJsonObject(schema)) return null;
  const { type, enum: values, const: only, format, minimum, minItems, items, minLength } = schema;
  if (only !== undefined) return only;
  if (Array.isArray(values)) return values[0] ?? null;
  if (type === 'string')
    return format === 'date' ? '2022-11-20' : 'x'.repeat(typeof minLength === 'number' ? minLength : 1);
  if (type === 'integer' || type === 'number') return typeof minimum === 'number' ? minimum : 1;
  if (type === 'boolean') return false;
  if (type !== 'array') return null;
  return Array.from({ length: typeof minItems === 'number' ? minItems : 0 }, (_, index) => {
    const item = sampleOf(items);
    return typeof item === 'string' ? `${item}${index}` : item;
  });
}
