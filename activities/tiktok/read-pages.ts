import type { ApiJson } from '../collect/api-json.ts';
import type { CollectReply, CollectTools } from '../collect/collect-tools.ts';
import { memberOf } from './parse-api-json.ts';

export interface PagedRequest {
  readonly unit: string;
  readonly endpoint: string;
  readonly fields: readonly string[];
  /** Member of the reply's data that has the items. */
  readonly list: 'videos' | 'comments';
  /** The request for the page at a cursor; null where the API gives no more pages. */
  readonly body: (cursor: bigint | null, searchId: string | null) => string | null;
}

export interface Page {
  readonly items: readonly ApiJson[];
  readonly request: string;
  readonly answeredAtMs: number;
}

/** How the pages of a unit ended. `limit`: there are more than the API gives. */
export type PagesEnd =
  | { readonly kind: 'end' }
  | { readonly kind: 'limit' }
  | { readonly kind: 'stopped'; readonly why: string }
  | {
      readonly kind: 'refused' | 'failed';
      readonly code: string;
      readonly message: string;
      /** The last request of the unit, as its row in the log is named. */
      readonly request: string;
    };

/** How often a unit is asked from its first page, when the API loses the thread. */
const MOST_ROUNDS = 3;
/** Pages without an item that say more are to come: each costs quota, and nothing says that they end. */
const MOST_EMPTY_PAGES = 5;
const EMPTY = 'empty_pages';
const NO_LIST = 'no_list';
/** The API knows the place in the list no more. */
const LOST: ReadonlySet<string> = new Set(['search_id_invalid', 'cursor_invalid', 'no_cursor', 'cursor_stuck']);

export type PageTools = Pick<CollectTools, 'ask' | 'note' | 'abandon'>;

/** Counts how often a unit was begun, so that no request of it is like an earlier one. */
export class Rounds {
  readonly #begun = new Map<string, number>();
  next(unit: string): number {
    const round = this.#begun.get(unit) ?? 0;
    this.#begun.set(unit, round + 1);
    return round;
  }
}

/** All pages of a unit, by the returned cursor and `search_id`; never by how many items a page had. */
export async function* readPages(
  tools: PageTools,
  request: PagedRequest,
  rounds: Rounds,
): AsyncGenerator<Page, PagesEnd> {
  for (let begun = 1; ; begun += 1) {
    const end = yield* readRound(tools, request, rounds.next(request.unit));
    if (end.kind !== 'failed') return end;
    const lost = LOST.has(end.code);
    if (!lost || begun === MOST_ROUNDS) {
      // Pages of a search that is gone, or that says for ever that there is more, would end the next run alike.
      if (lost || end.code === EMPTY || end.code === NO_LIST) tools.abandon(request.unit);
      return end;
    }
    tools.note(end.request, 'begun_again');
  }
}

async function* readRound(
  tools: PageTools,
  { unit, endpoint, fields, list, body }: PagedRequest,
  round: number,
): AsyncGenerator<Page, PagesEnd> {
  let cursor: bigint | null = null;
  let searchId: string | null = null;
  let empty = 0;
  for (let page = 0; ; page += 1) {
    const text = body(cursor, searchId);
    if (text === null) return { kind: 'limit' };
    const reply: CollectReply = await tools.ask({ unit, round, page, endpoint, fields, body: text });
    if (reply.kind !== 'ok') return reply;
    const { data, request, answeredAtMs } = reply;
    const failed = (code: string, message: string): PagesEnd => ({ kind: 'failed', code, message, request });
    const hasMore = memberOf(data, 'has_more');
    // An empty list may be left out, as empty fields are; what says nothing at all is no "nothing more".
    const found: ApiJson = memberOf(data, list) ?? [];
    if (!isItems(found) || (memberOf(data, list) === undefined && hasMore === undefined))
      return failed(NO_LIST, `the reply has no list of ${list}, and does not say that there is none`);
    yield { items: found, request, answeredAtMs };

    if (hasMore !== true) return { kind: 'end' };
    empty = found.length === 0 ? empty + 1 : 0;
    if (empty > 0) tools.note(request, 'empty_page');
    if (empty === MOST_EMPTY_PAGES)
      return failed(EMPTY, `${MOST_EMPTY_PAGES} pages in a row had nothing and said that there is more`);
    const next = memberOf(data, 'cursor');
    if (typeof next !== 'bigint') return failed('no_cursor', 'there is more, and no cursor to ask for it with');
    if (next <= (cursor ?? 0n)) return failed('cursor_stuck', `there is more, and the cursor stays at ${next}`);
    cursor = next;
    const given = textOf(memberOf(data, 'search_id'));
    if (searchId !== null && given !== null && given !== searchId) tools.note(request, 'search_id_changed');
    searchId = given ?? searchId;
  }
}

const isItems = (value: ApiJson): value is readonly ApiJson[] => Array.isArray(value);

const textOf = (value: ApiJson | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'bigint' ? String(value) : null;
