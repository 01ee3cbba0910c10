import type { Collected, CollectTools } from '../collect/collect-tools.ts';
import type { FieldType } from '../kinds/import-table/field-type.ts';
import type { DayLedger, Stretch } from './day-ledger.ts';
import { type PagesEnd, Rounds } from './read-pages.ts';
import { reasonOf } from './partial-reason.ts';
import { RefusedQueryError } from './refused-query-error.ts';
import { addDays, daysFrom, daysOf, earlierOf, type UtcDay } from './utc-day.ts';
import { videoPages } from './video-pages.ts';
import type { ResearchQuery } from './video-query.ts';
import { WindowLength } from './window-length.ts';

type Rows<R> = AsyncGenerator<Collected, R>;
interface Window {
  readonly end: PagesEnd;
  /** Days that are surely those of videos that came: one strange time must not make a day that never came a complete one. */
  readonly videosOn: ReadonlySet<UtcDay>;
  readonly videos: number;
  /** When the oldest of its pages was answered. */
  readonly askedAtMs: number;
}
/** The run may ask nothing more. */
type Stopped = { readonly stopped: string } | null;

/** More of the same would fail alike, or cost as much again: the window isn't asked day by day. */
const NOT_SPLIT: ReadonlySet<string> = new Set(['empty_pages', 'rate_limit_exceeded']);

/**
 * Asks for days, window by window. Whether a window's `end_date` is in it is told both ways (the API's own samples include
 * it, CybersecurityForDemocracy/tiktok-library excludes it): its last day is complete only if videos of that day came, else
 * the next window begins with it again.
 */
export class VideoCrawl {
  readonly seen = new Set<string>();
  readonly rounds = new Rounds();
  readonly #length = new WindowLength();
  readonly #tools: CollectTools;
  readonly #ledger: DayLedger;
  readonly #query: ResearchQuery;
  readonly #types: ReadonlyMap<string, FieldType>;
  /** A window was answered: the query is one that the API takes. */
  #answered = false;
  /** Videos came of a window's last day. */
  #endIncluded = false;

  constructor(tools: CollectTools, ledger: DayLedger, query: ResearchQuery, types: ReadonlyMap<string, FieldType>) {
    this.#tools = tools;
    this.#ledger = ledger;
    this.#query = query;
    this.#types = types;
  }

  /** How many videos an earlier version has of each of the days before those that are asked for next. */
  expect(videos: readonly number[]): void {
    const all = videos.reduce((sum, count) => sum + count, 0);
    if (videos.length > 0) this.#length.learn(all, videos.length);
  }

  /** All days of a stretch; `askedBefore` says of its first day what `asked` does. */
  async *stretch({ first, last, open }: Stretch, askedBefore: boolean): Rows<Stopped> {
    let day = first;
    /** It was asked for as the last day of a window, and nothing came. */
    let asked = askedBefore;
    let recorded = asked && open === first ? undefined : open;
    while (day <= last) {
      const length = asked ? Math.max(2, this.#length.days) : this.#length.days;
      const end: UtcDay = recorded === undefined ? this.#endOf(day, length, last, asked) : earlierOf(recorded, last);
      recorded = undefined;
      const { end: ended, videosOn, videos, askedAtMs } = yield* this.#window(day, end);
      const within = earlierOf(end, last);
      if (ended.kind === 'stopped') {
        if (asked) this.#ledger.leave(day, day, ended.why, true);
        this.#ledger.leave(day, within, ended.why, videos > 0);
        return { stopped: ended.why };
      }
      if (ended.kind === 'end' || ended.kind === 'limit') {
        const next = this.#isWhole(end, last, { videosOn, askedAtMs }) ? addDays(within, 1) : end;
        for (const each of daysOf(day, addDays(next, -1))) this.#ledger.complete(each, askedAtMs);
        this.#length.learn(videos, daysFrom(day, within));
        asked = next === end;
        day = next;
        continue;
      }
      if (day < within && !NOT_SPLIT.has(ended.code)) {
        const stopped = yield* this.#dayByDay(day, within, reasonOf(ended.code));
        if (stopped) return stopped;
      } else {
        for (const each of daysOf(day, within)) this.#ledger.partial(each, reasonOf(ended.code));
        this.#length.startAnew();
      }
      day = addDays(within, 1);
      asked = false;
    }
    return null;
  }

  #endOf(day: UtcDay, length: number, last: UtcDay, asked: boolean): UtcDay {
    const end = earlierOf(addDays(day, length - 1), last);
    // Only the day after can show that an empty last day is one; of a recent day that makes no difference.
    return asked && day === last && !this.#ledger.isRecent(last) ? addDays(last, 1) : end;
  }

  /** Whether all days of a window that was answered to its end were in it. */
  #isWhole(end: UtcDay, last: UtcDay, { videosOn, askedAtMs }: Pick<Window, 'videosOn' | 'askedAtMs'>): boolean {
    return end > last || videosOn.has(end) || (end === last && this.#ledger.isRecent(last, askedAtMs));
  }

  /** A window that failed: a day that the API can't answer must not cost the days beside it. */
  async *#dayByDay(first: UtcDay, last: UtcDay, why: string): Rows<Stopped> {
    for (const day of daysOf(first, last)) {
      let { end, videosOn, askedAtMs } = yield* this.#window(day, day);
      const isEmpty = end.kind === 'end' && !videosOn.has(day) && !this.#endIncluded;
      if (isEmpty && !this.#ledger.isRecent(day))
        ({ end, videosOn, askedAtMs } = yield* this.#window(day, addDays(day, 1)));
      if (end.kind === 'stopped') {
        // The others were asked for in the window that failed, and this one is where the next run goes on.
        this.#ledger.leave(day, day, end.why, true);
        this.#ledger.leave(addDays(day, 1), last, why, true);
        return { stopped: end.why };
      }
      if ('code' in end) {
        this.#ledger.partial(day, reasonOf(end.code));
        this.#length.startAnew();
      } else this.#ledger.complete(day, askedAtMs);
    }
    return null;
  }

  async *#window(first: UtcDay, last: UtcDay): Rows<Window> {
    const videosOn = new Set<UtcDay>();
    let videos = 0;
    let askedAtMs = this.#tools.startedAtMs;
    const unit = `${first}/${last}`;
    const search = { unit, query: this.#query, types: this.#types, first, last };
    const pages = videoPages(this.#tools, search, this.rounds);
    for (;;) {
      const { done, value } = await pages.next();
      if (done) {
        if (value.kind === 'refused' && !this.#answered)
          throw new RefusedQueryError(value.code, value.message, 'videos');
        if (value.kind === 'end') this.#tools.complete(unit);
        return { end: value, videosOn, videos, askedAtMs };
      }
      this.#answered = true;
      askedAtMs = Math.min(askedAtMs, Number(value.observedAt) * 1000);
      for (const { id, days, values, request } of value.videos) {
        videos += 1;
        if (days.length === 1) for (const day of days) videosOn.add(day);
        if (!days.some(this.#ledger.asks)) value.note('outside_period');
        else if (this.seen.has(id)) value.note('duplicate');
        else {
          this.seen.add(id);
          yield { kind: 'row', id, values, request };
        }
      }
      if (videosOn.has(last)) this.#endIncluded = true;
    }
  }
}
