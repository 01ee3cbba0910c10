import type { FieldType } from '../kinds/import-table/field-type.ts';
import type { PagesEnd, PageTools, Rounds } from './read-pages.ts';
import { addDays, daysFrom, earlierOf, type UtcDay } from './utc-day.ts';
import { type VideoPage, videoPages } from './video-pages.ts';
import { LONGEST_WINDOW } from './window-length.ts';

/** Ids that one request can ask for: as many as a page has videos. */
const MOST_IDS = 100;
/** Days on either side of an id's: a video may be dated to the day beside the one in its id, and `end_date` be excluded. */
const MARGIN = 1;

export interface DatedId {
  readonly id: string;
  readonly day: UtcDay;
}

/** Ids that go into one request: of days that lie within one window of the API. */
export function idBatches<I extends DatedId>(ids: readonly I[], mostDays = LONGEST_WINDOW - 2 * MARGIN): I[][] {
  const batches: I[][] = [];
  for (const each of ids.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))) {
    const batch = batches.at(-1);
    if (batch && batch.length < MOST_IDS && daysFrom(batch[0]!.day, each.day) <= mostDays) batch.push(each);
    else batches.push([each]);
  }
  return batches;
}

/**
 * The videos of a batch that the API has, by their ids alone: of those that don't come when it ends well, it has none. Asks
 * for as many days around them as a window has, since an upload may be dated to days after its id; `narrow` doesn't.
 */
export function askForIds(
  tools: PageTools,
  { unit, batch, types, today, narrow }: IdSearch,
  rounds: Rounds,
): AsyncGenerator<VideoPage, PagesEnd> {
  const days = batch.map(({ day }) => day).toSorted();
  const [first, last] = [days[0]!, days.at(-1)!];
  const margin = narrow ? MARGIN : Math.floor((LONGEST_WINDOW - daysFrom(first, last)) / 2);
  const search = {
    unit,
    query: { and: [{ operation: 'IN', field_name: 'video_id', field_values: batch.map(({ id }) => id) }] },
    types,
    first: addDays(first, -margin),
    last: earlierOf(addDays(last, margin), today),
  };
  return videoPages(tools, search, rounds);
}

export interface IdSearch {
  readonly unit: string;
  readonly batch: readonly DatedId[];
  readonly types: ReadonlyMap<string, FieldType>;
  /** No later day may be asked for. */
  readonly today: UtcDay;
  readonly narrow: boolean;
}

/** Names a batch in the log, such as `7320768196569599275+99`. */
export const batchName = (batch: readonly DatedId[]): string => `${batch[0]!.id}+${batch.length - 1}`;
