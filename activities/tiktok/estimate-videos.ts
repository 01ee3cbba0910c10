import type { CollectEstimate, EarlierCollection } from '../collect/collect-tools.ts';
import { completeDaysOf, recentDaysOf, wholeDaysOf } from './day-ledger.ts';
import { dayOfMs, daysOf, earlierOf } from './utc-day.ts';
import type { VideoQueryParams } from './video-query.ts';
import { videosADay } from './videos-a-day.ts';
import { LONGEST_WINDOW } from './window-length.ts';

/** Days differ: of the days to come, between half and twice as many videos as of the days before. */
const LEAST = 0.5;
const MOST = 2;
const PAGE = 100;

/** What a collection will take, from how many videos a day the days already collected had. */
export async function estimateVideos(
  { from, to }: VideoQueryParams,
  earlier: EarlierCollection,
  nowMs: number,
  refresh: boolean,
): Promise<CollectEstimate> {
  const covered = completeDaysOf(earlier.coverage);
  const asked = daysOf(from, earlierOf(to, dayOfMs(nowMs)));
  const days = asked.filter((day) => refresh || !covered.has(day)).length;
  const windows = Math.ceil(days / LONGEST_WINDOW);
  // Of other days a part is there, of which nobody knows how large it is.
  const known = [wholeDaysOf(earlier.coverage), recentDaysOf(earlier.coverage)].find(({ size }) => size > 0);
  if (days === 0 || known === undefined) {
    const high = days === 0 ? 0 : null;
    return { requests: { low: windows, high }, rows: { low: 0, high } };
  }
  const videos = (await videosADay(earlier, known)).values().reduce((sum, count) => sum + count, 0);
  const expected = (videos / known.size) * days;
  const rows = { low: Math.floor(expected * LEAST), high: Math.ceil(expected * MOST) };
  return {
    // Each window may end with a page that is not full; the widest are one day each.
    requests: { low: Math.max(windows, Math.ceil(rows.low / PAGE)), high: Math.ceil(rows.high / PAGE) + days },
    rows,
  };
}
