import { z } from 'zod';
import { type Model, type Prompt, type Reference, referenceOf } from '../step-kind.ts';
import { unwrapped } from './schema-parts.ts';
import type { Path } from './yaml-place.ts';

/** A place among parameters whose text refers to a prompt file or a model. */
export interface ParameterReference {
  readonly reference: Reference;
  readonly path: Path;
  readonly text: string;
}

/** The references in parameters as written, before their schema has looked at them. */
export function referencesIn(schema: z.core.$ZodType, value: unknown, path: Path = []): ParameterReference[] {
  const reference = referenceIn(schema);
  if (reference !== undefined)
    return typeof value === 'string' && value !== '' ? [{ reference, path, text: value }] : [];
  return partsOf(schema, value).flatMap(([key, part, item]) => referencesIn(part, item, [...path, key]));
}

/** Parsed parameters with each reference replaced by what it refers to. */
export function withReferences(
  schema: z.core.$ZodType,
  parsed: object,
  resolve: (path: Path) => unknown,
  path: Path = [],
): { readonly [key: string]: unknown } {
  const parts = partsOf(schema, parsed).map(([key, part, item]) => {
    const at = [...path, key];
    if (item !== undefined && item !== null && referenceIn(part) !== undefined) return [key, resolve(at)];
    if (item === null || typeof item !== 'object' || partsOf(part, item).length === 0) return [key, item];
    const inside = withReferences(part, item, resolve, at);
    return [key, Array.isArray(item) ? item.map((entry: unknown, index) => inside[index] ?? entry) : inside];
  });
  return { ...parsed, ...Object.fromEntries(parts) };
}

/** The prompt files among a step's resolved parameters. */
export function promptsIn(schema: z.core.$ZodType, params: unknown): Prompt[] {
  if (referenceIn(schema) === 'prompt') return isPrompt(params) ? [params] : [];
  return partsOf(schema, params).flatMap(([, part, item]) => promptsIn(part, item));
}

/** Found on the schema itself or under what makes it optional. */
export const referenceIn = (schema: z.core.$ZodType): Reference | undefined =>
  referenceOf(schema) ?? referenceOf(unwrapped(schema));

const hasTexts = (value: unknown, ...names: readonly string[]): value is object =>
  value !== null && typeof value === 'object' && names.every((name) => typeof Reflect.get(value, name) === 'string');
export const isPrompt = (value: unknown): value is Prompt => hasTexts(value, 'path', 'text');
export const isModel = (value: unknown): value is Model => hasTexts(value, 'name', 'provider', 'model');

type Part = readonly [key: string | number, schema: z.core.$ZodType, value: unknown];

/** Keys of an object or record and entries of a list, each with its schema and value. */
export function partsOf(schema: z.core.$ZodType, value: unknown): Part[] {
  const of = unwrapped(schema);
  if (value === null || typeof value !== 'object') return [];
  if (of instanceof z.ZodArray && Array.isArray(value))
    return value.map((item: unknown, index): Part => [index, of.element, item]);
  if (of instanceof z.ZodRecord) return Object.entries(value).map(([key, item]): Part => [key, of.valueType, item]);
  if (!(of instanceof z.ZodObject)) return [];
  return Object.entries(value).flatMap(([key, item]): Part[] =>
    Object.hasOwn(of.shape, key) ? [[key, of.shape[key]!, item]] : [],
  );
}
