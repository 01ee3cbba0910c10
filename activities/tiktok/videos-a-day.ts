import type { EarlierCollection } from '../collect/collect-tools.ts';
import { daysOfVideo } from './read-video.ts';
import type { UtcDay } from './utc-day.ts';

/** How many videos an earlier version has of each of these days; one whose day isn't sure is in none. */
export async function videosADay(
  earlier: EarlierCollection,
  days: ReadonlySet<UtcDay>,
): Promise<ReadonlyMap<UtcDay, number>> {
  const counts = new Map<UtcDay, number>();
  if (days.size === 0) return counts;
  for await (const { id, values, status } of earlier.rows()) {
    if (status !== 'ok') continue;
    const [day, ...others] = daysOfVideo(id, values);
    if (day !== undefined && others.length === 0 && days.has(day)) counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return counts;
}
