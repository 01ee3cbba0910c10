import type { Json } from '../../manifests/canonical-json.ts';

/** Half of a surrogate pair comes into JSON as an escape alone: UTF-8 has none. */
const SURROGATE = /\\u[dD][89a-fA-F]/;

/** Parses JSON whose texts go into columns, which hold well-formed text only. Throws a `SyntaxError`. */
export const parseWellFormed = (text: string): Json =>
  // A function for each member takes ten times as long as the parsing, and hardly any text wants it.
  SURROGATE.test(text)
    ? JSON.parse(text, (_key, value) => (typeof value === 'string' ? value.toWellFormed() : value))
    : JSON.parse(text);
