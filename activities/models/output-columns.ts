import { z } from 'zod';
import {
  bool,
  type CellValue,
  type Columns,
  type ColumnType,
  float64,
  int64,
  list,
  text,
} from '../../datasets/column-type.ts';
import { onceFor } from './once-for.ts';
import type { JsonObject } from '../../datasets/declaration/json-object.ts';

type OutputType = 'string' | 'integer' | 'number' | 'boolean' | ['string'];

/** Names and types of what a model is to answer. */
export type Output = { readonly [column: string]: OutputType };

interface Kind {
  readonly column: () => ColumnType;
  readonly schema: JsonObject;
  readonly answer: z.ZodType<string | number | boolean | string[]>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  string: { column: text, schema: { type: 'string' }, answer: z.string() },
  integer: { column: int64, schema: { type: 'integer' }, answer: z.int() },
  number: { column: float64, schema: { type: 'number' }, answer: z.number() },
  boolean: { column: bool, schema: { type: 'boolean' }, answer: z.boolean() },
  list: {
    column: () => list(text()),
    schema: { type: 'array', items: { type: 'string' } },
    answer: z.array(z.string()),
  },
};

const NOT_OURS: readonly string[] = ['id', 'status', 'error_code'];

/** The `output` parameter of `ai/generate`. */
export const outputParameter = () =>
  z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'a column name: a-z, 0-9 and _, from a letter on'),
      z.union([z.enum(['string', 'integer', 'number', 'boolean']), z.tuple([z.literal('string')])]),
    )
    .refine((output) => Object.keys(output).length > 0, 'at least one column')
    .refine((output) => !NOT_OURS.some((name) => name in output), `other names than ${NOT_OURS.join(', ')}`);

// How a declaration orders its columns has no effect: in a key, in a request, in a file.
const kindsOf = (output: Output): [string, Kind][] =>
  Object.keys(output)
    .toSorted()
    .map((name) => [name, KINDS[typeof output[name] === 'string' ? output[name] : 'list']!]);

export const outputColumns = (output: Output): Columns =>
  Object.fromEntries(kindsOf(output).map(([name, { column }]) => [name, column()]));

/** JSON Schema in the form that strict structured output takes. */
export const outputSchema = onceFor((output: Output): JsonObject =>
  objectSchema(Object.fromEntries(kindsOf(output).map(([name, { schema }]) => [name, schema]))),
);

export const objectSchema = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** What an answer must be, whatever a server made of the schema. */
export const outputAnswer = onceFor((output: Output) =>
  z.strictObject(Object.fromEntries(kindsOf(output).map(([name, { answer }]) => [name, answer]))),
);

/** Checked answers as cell values: integers are int64. */
export const outputValues = (
  output: Output,
  answer: { readonly [name: string]: string | number | boolean | string[] },
) =>
  Object.fromEntries(
    Object.entries(answer).map(([name, value]): [string, CellValue] => [
      name,
      output[name] === 'integer' && typeof value === 'number' ? BigInt(value) : value,
    ]),
  );
