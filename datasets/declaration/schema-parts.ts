import { z } from 'zod';

type Schema = z.core.$ZodType;

/** A schema without what only adds a default, a null or an absence to it. */
export function unwrapped(schema: Schema): Schema {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch
  )
    return unwrapped(schema.unwrap());
  return schema;
}

/** The schema of one part of what `schema` describes: a key of an object or record, an entry of a list. */
export function partOf(schema: Schema, key: string | number): Schema | null {
  const of = inputOf(schema);
  if (of instanceof z.ZodObject) return Object.hasOwn(of.shape, key) ? of.shape[key]! : null;
  if (of instanceof z.ZodArray) return of.element;
  if (of instanceof z.ZodRecord) return of.valueType;
  if (of instanceof z.ZodUnion)
    return of.options.map((option) => partOf(option, key)).find((part) => part !== null) ?? null;
  return null;
}

/** The keys that an object may have; empty for anything else. */
export function keysOf(schema: Schema): string[] {
  const of = inputOf(schema);
  if (of instanceof z.ZodObject) return Object.keys(of.shape);
  return of instanceof z.ZodUnion ? [...new Set(of.options.flatMap(keysOf))] : [];
}

export const schemaAt = (schema: Schema, path: readonly PropertyKey[]): Schema | null =>
  path.reduce<Schema | null>((at, key) => (at && typeof key !== 'symbol' ? partOf(at, key) : null), schema);

function inputOf(schema: Schema): Schema {
  const of = unwrapped(schema);
  return of instanceof z.ZodPipe ? inputOf(of.in) : of;
}
