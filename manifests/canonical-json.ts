import canonicalize from 'canonicalize';
import { GettokError } from './gettok-error.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value that canonical JSON (RFC 8785) has no form for: NaN, an infinity, a lone surrogate, a cycle. */
export class NotCanonicalError extends GettokError {
  override readonly name = 'NotCanonicalError';
  constructor(reason: string) {
    super(`A value can't be written as canonical JSON: ${reason}. Remove or replace it where the data come in.`);
  }
}

/** RFC 8785 text of a value: sorted keys, one form a number, no space. 64-bit integers must come as decimal strings. */
export function canonicalJson(value: Json): string {
  try {
    const text = canonicalize(value);
    if (text === undefined) throw new Error('it is undefined');
    return text;
  } catch (error) {
    throw new NotCanonicalError(error instanceof Error ? error.message : String(error));
  }
}

/** Equality of values by their canonical text: key order and number notation don't count. */
export const equalJson = (a: Json, b: Json): boolean => canonicalJson(a) === canonicalJson(b);
