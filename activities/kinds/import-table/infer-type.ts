import { isList } from '../../../datasets/is-list.ts';
import { convertValue } from './convert-value.ts';
import type { FieldType } from './field-type.ts';
import type { RawValue } from './raw-value.ts';

/** What the values of a column look like, one bit each. */
const INTEGER = 1;
/** Beyond 2^53: no float64 holds it exactly. */
const LONG = 2;
/** Beyond 64 bits. */
const HUGE = 4;
const FLOAT = 8;
const BOOL = 16;
const TEXT = 32;
const TEXTS = 64;
const OTHER = 128;

const INT64_MAX = 2n ** 63n - 1n;
const isHuge = (value: bigint): boolean => value > INT64_MAX || value < -INT64_MAX - 1n;

/** What is learnt of one column while its values go by. */
export class ColumnSight {
  #seen = 0;
  /** The type its name promises, as long as every value keeps the promise. */
  #known: FieldType | undefined;
  readonly #lexical: boolean;
  /** Where the first integer beyond 64 bits stands. */
  hugeAt: string | null = null;
  /** Its type where no value is seen. */
  hint: FieldType = 'text';

  /** `lexical`: numbers and booleans come as text, as in CSV. */
  constructor(lexical: boolean, known: FieldType | undefined) {
    this.#lexical = lexical;
    this.#known = known;
  }

  see(value: RawValue, place: string): void {
    if (value === null) return;
    if (this.#known !== undefined && convertValue(value, this.#known, this.#lexical) === undefined)
      this.#known = undefined;
    const look = this.#lexical && typeof value === 'string' ? lookOfText(value) : lookOf(value);
    if (look === HUGE) this.hugeAt ??= place;
    this.#seen |= look;
  }

  /** The narrowest type that holds every value exactly; null when an integer is too large for each. */
  type(): FieldType | null {
    if (this.#known !== undefined) return this.#known;
    const only = (looks: number) => (this.#seen & ~looks) === 0;
    if (this.#seen === 0) return this.hint;
    if (only(INTEGER | LONG)) return 'int64';
    if (only(INTEGER | FLOAT)) return 'float64';
    if (only(BOOL)) return 'bool';
    if (only(TEXT) || this.#lexical) return 'text';
    if (only(TEXTS)) return { list: 'text' };
    return only(INTEGER | LONG | HUGE) ? null : 'json';
  }
}

function lookOf(value: Exclude<RawValue, null>): number {
  if (typeof value === 'string') return TEXT;
  if (typeof value === 'bigint') return lookOfInteger(value);
  if (typeof value === 'number') return FLOAT;
  if (typeof value === 'boolean') return BOOL;
  return isList(value) && value.every((item) => item === null || typeof item === 'string') ? TEXTS : OTHER;
}

const lookOfInteger = (value: bigint): number =>
  isHuge(value) ? HUGE : Number.isSafeInteger(Number(value)) ? INTEGER : LONG;

// A leading zero, plus or space means that the text is more than its number.
function lookOfText(text: string): number {
  if (/^(true|false)$/i.test(text)) return BOOL;
  if (/^(0|-?[1-9]\d*)$/.test(text)) return lookOfInteger(BigInt(text));
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? FLOAT : TEXT;
}
