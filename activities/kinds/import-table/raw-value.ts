import type { CellValue } from '../../../datasets/column-type.ts';

/**
 * A value as a file has it, before it has the type of a column. JSON integers are bigints of any size, other JSON numbers
 * are numbers; a CSV field is text, or null when it is empty.
 */
export type RawValue = CellValue;

export interface RawRow {
  /** Such as `data/videos.jsonl:12`. */
  readonly place: string;
  readonly values: { readonly [column: string]: RawValue };
}

type Reviver = (this: unknown, key: string, value: unknown) => unknown;

/** JSON with every integer exact. Throws what `JSON.parse` throws. */
export function parseJson(text: string): RawValue {
  // TypeScript doesn't know the third parameter yet
  const value: unknown = JSON.parse(text, exactInteger as Reviver);
  // JSON with bigints in it is nothing else
  return value as RawValue;
}

const INTEGER = /^-?\d+$/;

function exactInteger(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && INTEGER.test(source) ? BigInt(source) : value;
}
