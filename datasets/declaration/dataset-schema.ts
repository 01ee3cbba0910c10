import { z } from 'zod';
import type { Json } from '../../manifests/canonical-json.ts';
import type { StepKindSignature } from '../step-kind.ts';
import { declarationShape, STEP_NAME, stepShape } from './declaration-shape.ts';
import { type JsonObject, isJsonObject } from './json-object.ts';
import { modelShape } from './model-shape.ts';

type Kinds = ReadonlyMap<string, StepKindSignature>;

/**
 * JSON Schema (draft 7, which every editor knows) of `dataset.yaml`, for completion and checks while typing. It knows each step kind's parameters;
 * what takes more than one place to see (needs, placeholders, columns) only `gettok validate` finds.
 */
export function datasetSchema(kinds: Kinds): JsonObject {
  const top = jsonSchemaOf(z.strictObject(declarationShape));
  const properties = propertiesOf(top);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'dataset.yaml of GET-Tok',
    ...top,
    properties: {
      ...properties,
      models: { description: descriptionOf(properties['models']), type: 'object', ...named(jsonSchemaOf(modelShape)) },
      steps: {
        description: descriptionOf(properties['steps']),
        type: 'object',
        minProperties: 1,
        ...named(stepSchema(kinds)),
      },
    },
  };
}

const named = (of: Json) => ({ propertyNames: { pattern: STEP_NAME.source }, additionalProperties: of });

function stepSchema(kinds: Kinds): JsonObject {
  const step = jsonSchemaOf(stepShape);
  const byName = [...kinds.values()].toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
  const { uses, ...properties } = propertiesOf(step);
  const described = byName.map(({ kind, summary }) => ({ const: kind, description: summary }));
  return {
    ...step,
    properties: { uses: { description: descriptionOf(uses), type: 'string', oneOf: described }, ...properties },
    allOf: byName.map((kind) => ({
      if: { required: ['uses'], properties: { uses: { const: kind.kind } } },
      // oxlint-disable-next-line unicorn/no-thenable
      then: thenOf(kind),
    })),
  };
}

function thenOf(kind: StepKindSignature): JsonObject {
  const parameters = parametersSchema(kind);
  const required = [
    ...(kind.source ? [] : ['needs']),
    ...(Array.isArray(parameters['required']) && parameters['required'].length > 0 ? ['with'] : []),
  ];
  const needs = kind.source ? { maxItems: 0 } : { minItems: 1 };
  return { ...(required.length === 0 ? {} : { required }), properties: { needs, with: parameters } };
}

/** What may stand under `with`: parameters and tuning side by side. */
export function parametersSchema({ params, tuning }: Pick<StepKindSignature, 'params' | 'tuning'>): JsonObject {
  const [own, tuned] = [jsonSchemaOf(params), jsonSchemaOf(tuning)];
  const required = [own['required'], tuned['required']].flatMap((names) => (Array.isArray(names) ? names : []));
  return {
    type: required.length === 0 ? ['object', 'null'] : 'object',
    properties: { ...propertiesOf(tuned), ...propertiesOf(own) },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** The schema as zod writes it for what a person types, without bounds that every whole number has. */
export function jsonSchemaOf(schema: z.ZodType): JsonObject {
  const written = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      delete jsonSchema['reference'];
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const plain: Json = JSON.parse(JSON.stringify(written));
  if (!isJsonObject(plain)) return {};
  const { $schema: _, ...rest } = plain;
  return rest;
}

const descriptionOf = (schema: Json | undefined): Json => (isJsonObject(schema) ? (schema['description'] ?? '') : '');

const propertiesOf = (schema: JsonObject): JsonObject => {
  const properties = schema['properties'];
  return isJsonObject(properties) ? properties : {};
};
