import { RefusedQueryError } from './refused-query-error.ts';

/** So many refusals, and nothing else: they aren't about the items. */
const ENOUGH = 5;

/**
 * An item that can't be had costs one request; a request that is never answered would cost the quota of days. Throws when
 * nothing but refusals of no known kind came.
 */
export class RefusalWatch {
  #refused = 0;
  #answered = false;
  readonly #kind: string;
  constructor(kind: string) {
    this.#kind = kind;
  }

  answered(): void {
    this.#answered = true;
  }

  refused(code: string, message: string): void {
    this.#refused += 1;
    if (!this.#answered && this.#refused >= ENOUGH) throw new RefusedQueryError(code, message, this.#kind);
  }
}
