import { hash } from 'node:crypto';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestPicker } from './digest-picker.ts';
import { answerToSchema } from './schema-answer.ts';

type Schema = Record<string, unknown>;

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.constantFrom<Schema>({ type: 'string' }, { type: 'boolean' }, { type: 'null' }, { type: ['string', 'null'] }),
  fc.uniqueArray(fc.string(), { minLength: 1 }).map((values) => ({ type: 'string', enum: values })),
  fc.record({
    type: fc.constant('integer'),
    minimum: fc.integer({ min: -50, max: 0 }),
    maximum: fc.integer({ min: 0, max: 50 }),
  }),
  fc.record({
    type: fc.constant('number'),
    exclusiveMinimum: fc.constant(0),
    exclusiveMaximum: fc.constantFrom(0.1, 1, 7),
  }),
  fc.constantFrom<Schema>({ type: 'integer', multipleOf: 5 }, { type: 'integer', maximum: -3 }, { const: 'x' }),
  fc.constantFrom('date', 'date-time', 'uuid', 'email').map((format) => ({ type: 'string', format })),
);
const propertyName = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
const { schema } = fc.letrec<{ schema: Schema; object: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    tie('object'),
    fc.record({
      type: fc.constant('array'),
      items: tie('schema'),
      minItems: fc.nat(2),
      maxItems: fc.integer({ min: 2, max: 4 }),
    }),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
  ),
  // Ajv, which judges here, knows no property __proto__.
  object: fc.dictionary(propertyName, tie('schema'), { maxKeys: 4 }).map((properties) => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  })),
}));

it('makes a value that the schema allows, whatever schema and digest', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  fc.assert(
    fc.property(schema, fc.string(), (wanted, seed) => {
      const value = answerToSchema(wanted, digestPicker(hash('sha256', seed)));
      expect(ajv.validate(wanted, value), `${JSON.stringify(value)}: ${ajv.errorsText()}`).toBe(true);
      ajv.removeSchema();
    }),
    { numRuns: 300 },
  );
});

it('comes to an end where a schema refers to itself', () => {
  const node = {
    type: 'object',
    properties: { value: { type: 'string' }, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
    required: ['value', 'next'],
    additionalProperties: false,
  };
  const ajv = new Ajv();
  for (let seed = 0; seed < 50; seed += 1) {
    expect(ajv.validate(node, answerToSchema(node, digestPicker(hash('sha256', String(seed)))))).toBe(true);
  }
});

it('picks every label sooner or later', () => {
  const labels = ['support', 'no support', 'neutral'];
  const picked = Array.from({ length: 50 }, (_, seed) =>
    answerToSchema({ enum: labels }, digestPicker(hash('sha256', String(seed)))),
  );
  expect(new Set(picked)).toEqual(new Set(labels));
});

it('says that it has no answer to a pattern', () => {
  const code = { type: 'string', pattern: '^[A-Z]{3}$' };
  expect(() => answerToSchema(code, digestPicker('0'.repeat(64)))).toThrow('give the server an answer for it');
});
