import type { CollectTools } from '../collect/collect-tools.ts';
import type { FieldType } from '../kinds/import-table/field-type.ts';
import type { PagesEnd, Rounds } from './read-pages.ts';
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

/** The videos of a batch that the API has, by their ids alone: of those that don't come when it ends well, it has none. */
export function askForIds(
  tools: Pick<CollectTools, 'ask' | 'note'>,
  unit: string,
  batch: readonly DatedId[],
  types: ReadonlyMap<string, FieldType>,
  today: UtcDay,
  rounds: Rounds,
): AsyncGenerator<VideoPage, PagesEnd> {
  const days = batch.map(({ day }) => day).toSorted();
  const query = {
    and: [{ operation: 'IN', field_name: 'video_id', field_values: batch.map(({ id }) => id) }],
  };
  const first = addDays(days[0]!, -MARGIN);
  const last = earlierOf(addDays(days.at(-1)!, MARGIN), today);
  return videoPages(tools, { unit, query, types, first, last }, rounds);
}
