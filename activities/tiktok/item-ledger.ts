import type { Coverage } from '../../datasets/coverage.ts';
import type { CollectTools, EarlierRow } from '../collect/collect-tools.ts';
import { reasonOf } from './partial-reason.ts';

/** The item is there, and it was to be observed again, and that came to nothing. */
const NOT_REFRESHED = 'not_refreshed';

/** What became of each item of a list, such as a username. */
export class ItemLedger {
  readonly #counts = { partial: new Map<string, number>(), not_asked: new Map<string, number>() };
  #complete = 0;

  complete(count = 1): void {
    this.#complete += count;
  }

  partial(why: string): void {
    this.#count('partial', why);
  }

  /** It wasn't asked for; what an earlier version has of it stays. */
  left(isThere: boolean, why: string): void {
    if (isThere) this.partial(NOT_REFRESHED);
    else this.#count('not_asked', why);
  }

  /** It was asked for without an answer; what an earlier version has of it stays. */
  failed(isThere: boolean, code: string): void {
    this.partial(isThere ? NOT_REFRESHED : reasonOf(code));
  }

  #count(of: 'partial' | 'not_asked', why: string): void {
    this.#counts[of].set(why, (this.#counts[of].get(why) ?? 0) + 1);
  }

  coverage(): Coverage {
    return {
      of: 'item',
      complete: this.#complete,
      partial: Object.fromEntries(this.#counts.partial),
      not_asked: Object.fromEntries(this.#counts.not_asked),
    };
  }
}

export const isAskedAgain = (code: string | null, askAgain: readonly string[]): boolean =>
  askAgain.includes('*') || (code !== null && askAgain.includes(code));

/** The rows that an earlier version has of these items, by id. */
export async function earlierRows(
  { earlier }: Pick<CollectTools, 'earlier'>,
  items: ReadonlySet<string>,
): Promise<ReadonlyMap<string, EarlierRow>> {
  const rows = new Map<string, EarlierRow>();
  for await (const row of earlier.rows()) if (items.has(row.id)) rows.set(row.id, row);
  return rows;
}

/** Those that nobody has asked for yet, then the longest ago: a refresh that was cut goes on with the others the next time. */
export async function longestAgoFirst<T>(
  { earlier }: Pick<CollectTools, 'earlier'>,
  units: Iterable<T>,
  nameOf: (unit: T) => string,
): Promise<T[]> {
  const at = await earlier.answeredAt();
  return [...units].toSorted((a, b) => Number((at.get(nameOf(a)) ?? 0n) - (at.get(nameOf(b)) ?? 0n)));
}

/** Whether an item has to be asked for: it has no row yet, or one that failed so, or everything is asked anew. */
export const isToBeAsked = (
  row: EarlierRow | undefined,
  { refresh, askAgain }: Pick<CollectTools, 'refresh' | 'askAgain'>,
): boolean => refresh || row === undefined || (row.status === 'failed' && isAskedAgain(row.errorCode, askAgain));
