/** Where something stands. Lines and columns count from 1, columns and lengths in UTF-16 code units, as editors do. */
export interface Place {
  /** Path as the caller named the folder, or `--set path` for a value given on the command line. */
  readonly file: string;
  /** Null for what has no line: a `--set` value, a file that can't be read. */
  readonly line: number | null;
  readonly column: number | null;
  readonly length: number;
}

/** One thing that is wrong with a declaration, for a person and for programs. */
export interface Problem extends Place {
  /** What is wrong, in a line without a full stop. */
  readonly message: string;
  /** What stands there; null where something is missing. */
  readonly found: string | null;
  /** Completes "expected …". */
  readonly expected: string | null;
  /** What to do, as a sentence. */
  readonly suggestion: string | null;
}

export interface Complaint {
  readonly message: string;
  readonly found?: string | null;
  readonly expected?: string | null;
  readonly suggestion?: string | null | undefined;
}

export const problemAt = (place: Place, { message, found, expected, suggestion }: Complaint): Problem => ({
  ...place,
  message,
  found: found ?? null,
  expected: expected ?? null,
  suggestion: suggestion ?? null,
});
