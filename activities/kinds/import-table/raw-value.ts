/**
 * A value as a file has it. JSON integers are bigints of any size, other JSON numbers are numbers; a CSV field is text,
 * or null when it is empty.
 */
export type RawValue =
  null | string | bigint | number | boolean | readonly RawValue[] | { readonly [name: string]: RawValue };

export interface RawRow {
  /** Such as `data/videos.jsonl:12`. */
  readonly place: string;
  readonly values: { readonly [column: string]: RawValue };
}

interface NumberSource {
  readonly source?: string;
}

/** JSON with every integer exact. Throws what `JSON.parse` throws. */
export const parseJson = (text: string): RawValue =>
  JSON.parse(text, exactInteger as (key: string, value: unknown) => unknown) as RawValue;

function exactInteger(_key: string, value: unknown, { source }: NumberSource): unknown {
  return typeof value === 'number' && source !== undefined && INTEGER.test(source) ? BigInt(source) : value;
}
const INTEGER = /^-?\d+$/;
