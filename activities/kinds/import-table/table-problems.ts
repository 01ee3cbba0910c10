import { GettokError } from '../../../manifests/gettok-error.ts';

/** One thing that is wrong with the files of a table. */
export interface TableProblem {
  /** Such as `data/videos.jsonl:12`. */
  readonly place: string;
  readonly message: string;
}

const SHOWN = 20;
/** A file of another kind has a problem in every line: from here on nothing is learnt by reading on. */
const ENOUGH = 1000;

/** Files that can't be imported; nothing of them is. */
export class UnusableTableError extends GettokError {
  override readonly name = 'UnusableTableError';
  /** The first 20. */
  readonly problems: readonly TableProblem[];
  readonly count: number;
  constructor(problems: readonly TableProblem[], count: number) {
    const more = count > problems.length ? [`… and ${count >= ENOUGH ? 'many' : count - problems.length} more`] : [];
    const lines = problems.map(({ place, message }) => `${place}  ${message}`);
    super(
      problems.length === 1
        ? lines[0]!
        : [`${count >= ENOUGH ? 'many' : count} problems, nothing was imported:`, ...lines, ...more].join('\n  '),
    );
    this.problems = problems;
    this.count = count;
  }
}

/** Collects problems, so that a person sees all of them at once. */
export class TableProblems {
  readonly #shown: TableProblem[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(place: string, message: string): void {
    this.#count += 1;
    if (this.#shown.length < SHOWN) this.#shown.push({ place, message });
    if (this.#count >= ENOUGH) this.throwIfAny();
  }

  throwIfAny(): void {
    if (this.#count > 0) throw new UnusableTableError(this.#shown, this.#count);
  }
}

/** Text from strangers may be made to steer a terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** A value as it stands in a message, shortened. */
export function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value, exactBigint) ?? String(value));
  return (text.length > 60 ? `${text.slice(0, 60)}…` : text).replaceAll(UNPRINTABLE, '▯');
}

const exactBigint = (_key: string, value: unknown) => (typeof value === 'bigint' ? JSON.rawJSON(String(value)) : value);

declare global {
  interface JSON {
    /** TypeScript doesn't know it yet: a value that `JSON.stringify` writes as its text. */
    rawJSON(text: string): unknown;
  }
}
