import { parse, stringify } from 'lossless-json';
import { invalidParams } from './api-error.ts';

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A request's JSON object with whole numbers as bigint: ids are larger than any number holds. */
export function readJsonBody(text: string, contentType: string | undefined): Record<string, unknown> {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/json')
    throw invalidParams(`Content-Type must be application/json, got ${contentType ?? 'none'}`);
  let body: unknown;
  try {
    body = parse(text, null, (number) => (/^-?\d+$/.test(number) ? BigInt(number) : Number(number)));
  } catch (error) {
    throw invalidParams(`The request body is not valid JSON: ${String(error)}`);
  }
  if (!isObject(body)) throw invalidParams('The request body is not a JSON object');
  return body;
}

/** A bigint is written as a bare number. */
export const writeJson = (value: unknown): string => stringify(value) ?? 'null';
