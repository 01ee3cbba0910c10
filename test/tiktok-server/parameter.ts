import { invalidParams } from './api-error.ts';

const int64Limit = 2n ** 63n;

export function refuseUnknown(body: Record<string, unknown>, known: readonly string[], where: string): void {
  for (const name in body)
    if (!known.includes(name)) throw invalidParams(`Unknown parameter ${name} in ${where}; known: ${known.join(', ')}`);
}

/** Undefined when it is not there. Null is no value of any parameter. */
export function optionalInt64(body: Record<string, unknown>, name: string): bigint | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'bigint' || value >= int64Limit || value < -int64Limit)
    throw invalidParams(`${name} must be an int64, got ${shown(value)}`);
  return value;
}

export function optionalString(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalidParams(`${name} must be a string, got ${shown(value)}`);
  return value;
}

export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw invalidParams(`${name} is required`);
  return value;
}

/** `max_count` (1 to 100) and `cursor` (not negative), which every list has. */
export function readPaging(
  body: Record<string, unknown>,
  defaultCount: number,
): { readonly maxCount: number; readonly cursor: number } {
  const maxCount = optionalInt64(body, 'max_count') ?? BigInt(defaultCount);
  if (maxCount < 1n || maxCount > 100n) throw invalidParams(`max_count must be from 1 to 100, got ${maxCount}`);
  const cursor = optionalInt64(body, 'cursor') ?? 0n;
  if (cursor < 0n) throw invalidParams(`cursor must not be negative, got ${cursor}`);
  return { maxCount: Number(maxCount), cursor: Number(cursor) };
}

/** Of `?fields=a,b`: each known, none twice, at least one. */
export function readFields(query: URLSearchParams, known: readonly string[]): string[] {
  for (const name of query.keys()) if (name !== 'fields') throw invalidParams(`Unknown query parameter ${name}`);
  if (query.getAll('fields').length > 1) throw invalidParams('fields is given twice');
  const fields = (query.get('fields') ?? '').split(',').filter((field) => field !== '');
  if (fields.length === 0) throw invalidParams('fields is required');
  const wrong = fields.filter((field, index) => !known.includes(field) || fields.indexOf(field) !== index);
  if (wrong.length > 0) throw invalidParams(`Invalid fields: ${wrong.join(', ')}`);
  return fields;
}

export const shown = (value: unknown): string =>
  typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'nothing');
