import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Json } from '../../manifests/canonical-json.ts';
import { sha256 } from '../../manifests/digest.ts';
import type { Model } from '../step-kind.ts';
import type { JsonObject } from './json-object.ts';
import { isModel, isPrompt, partsOf, referenceIn } from './parameter-references.ts';
import { unwrapped } from './schema-parts.ts';

/** What a parameter stands for: with or without those left at their default, and a model by what it is or its name. */
export interface Form {
  readonly defaults: 'left out' | 'written out';
  readonly model: (model: Model) => Json;
}

/** What a model's answers depend on: neither the entry's name nor where and with which key it is asked. */
export const modelIdentity = ({ provider, model, parameters = {}, weights }: Model): JsonObject => ({
  provider,
  model,
  ...(Object.keys(parameters).length === 0 ? {} : { parameters: plain(parameters) }),
  ...(weights === undefined ? {} : { weights }),
});

/** The parameters as they enter a step's configuration digest. */
export const IDENTITY: Form = { defaults: 'left out', model: modelIdentity };

/** The parameters as a manifest keeps them, readable without this program. */
export const WRITTEN_OUT: Form = { defaults: 'written out', model: ({ name }) => name };

/** Resolved parameters as JSON. Prompts are `{prompt: digest of their text}`; integers beyond 2^53 decimal texts. */
export function parametersAs(form: Form, schema: z.core.$ZodType, params: object): JsonObject {
  const parts = partsOf(schema, params).filter(
    ([, part, item]) => item !== undefined && !(form.defaults === 'left out' && isDefault(part, item)),
  );
  return Object.fromEntries(parts.map(([key, part, item]) => [key, asJson(form, part, item)]));
}

function asJson(form: Form, schema: z.core.$ZodType, value: unknown): Json {
  const reference = referenceIn(schema);
  if (reference === 'prompt' && isPrompt(value)) return { prompt: sha256(value.text) };
  if (reference === 'model' && isModel(value)) return form.model(value);
  const of = unwrapped(schema);
  if (of instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => asJson(form, of.element, item));
  const hasParts =
    (of instanceof z.ZodObject || of instanceof z.ZodRecord) && value !== null && typeof value === 'object';
  return hasParts ? parametersAs(form, of, value) : plain(value);
}

function isDefault(schema: z.core.$ZodType, value: unknown): boolean {
  const absent = z.safeParse(schema, undefined);
  return absent.success && isDeepStrictEqual(absent.data, value);
}

function plain(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object') throw new TypeError(`a parameter can't be a ${typeof value}`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}
