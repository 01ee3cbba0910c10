import { searchIdInvalid } from './api-error.ts';
import type { Video } from './video.ts';

/** The cached result of one search: a place may be empty, or hold a video a second time. */
export interface Search {
  readonly id: string;
  /** The query it was issued for: no other may use it. */
  readonly key: string;
  readonly places: (Video | null)[];
  readonly expiresAtMs: number;
  /** How often it is still called invalid. */
  notReady: number;
}

export class Searches {
  readonly #searches = new Map<string, Search>();
  #issued = 0;

  begin(
    key: string,
    places: readonly (Video | null)[],
    { nowMs, expiresAtMs, notReady }: { nowMs: number; expiresAtMs: number; notReady: number },
  ): Search {
    this.#issued += 1;
    const id = String((BigInt(Math.floor(nowMs / 1000)) << 32n) | BigInt(this.#issued * 2 + 1));
    const search: Search = { id, key, places: [...places], expiresAtMs, notReady };
    this.#searches.set(id, search);
    return search;
  }

  /** The search a request goes on with; one that is unknown, expired, of another query or not ready is refused alike. */
  find(id: string, key: string, nowMs: number): Search {
    const search = this.#searches.get(id);
    if (search === undefined || search.key !== key || search.expiresAtMs <= nowMs) throw searchIdInvalid(id);
    if (search.notReady > 0) {
      search.notReady -= 1;
      throw searchIdInvalid(id);
    }
    return search;
  }

  /** The same result under another id. */
  rename(search: Search, times: { nowMs: number; keepOld: boolean }): Search {
    const renamed = this.begin(search.key, search.places, { ...times, expiresAtMs: search.expiresAtMs, notReady: 0 });
    if (!times.keepOld) this.#searches.delete(search.id);
    return renamed;
  }

  clear(): void {
    this.#searches.clear();
  }
}
