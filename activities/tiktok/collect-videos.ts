import type { Coverage } from '../../datasets/coverage.ts';
import type { Collected, CollectTools } from '../collect/collect-tools.ts';
import { confirmMissing, type MissingVideo } from './confirm-missing.ts';
import { DayLedger } from './day-ledger.ts';
import { daysOfVideo } from './read-video.ts';
import { VideoCrawl } from './video-crawl.ts';
import { videoFieldTypes } from './video-fields.ts';
import { researchQuery, type VideoQueryParams } from './video-query.ts';
import { videosADay } from './videos-a-day.ts';

/** All videos of a query in a period, and what is missing of it. */
export async function* collectVideos(
  params: VideoQueryParams,
  tools: CollectTools,
  lagDays: number,
): AsyncGenerator<Collected, Coverage> {
  const { refresh, startedAtMs, earlier } = tools;
  const { from, to } = params;
  const ledger = new DayLedger({ from, to, startedAtMs, lagDays, earlier: earlier.coverage, refresh });
  const types = videoFieldTypes(params.fields);
  const crawl = new VideoCrawl(tools, ledger, researchQuery(params), types);
  const stretches = ledger.stretches();
  const alike = stretches.map((stretch) => ledger.wholeBefore(stretch));
  const videos = await videosADay(earlier, new Set(alike.flat()));
  const asked = stretches.some(({ open }) => open !== undefined) ? [...(await earlier.completeUnits())] : [];
  for (const [index, stretch] of stretches.entries()) {
    crawl.expect(alike[index]!.map((day) => videos.get(day) ?? 0));
    const stopped = yield* crawl.stretch(
      stretch,
      stretch.open !== undefined && asked.some((unit) => unit.endsWith(`/${stretch.first}`)),
    );
    if (!stopped) continue;
    for (const { first, last } of stretches.slice(index)) ledger.leave(first, last, stopped.stopped, false);
    break;
  }
  if (ledger.observesAgain) {
    const missing = await missingVideos(tools, ledger, crawl.seen);
    yield* confirmMissing(tools, missing, types, ledger.today, crawl.rounds);
  }
  return ledger.coverage();
}

/** Earlier videos of days that were observed again, which didn't come again; those known to be gone are no news. */
async function missingVideos(
  { earlier }: CollectTools,
  ledger: DayLedger,
  seen: ReadonlySet<string>,
): Promise<readonly MissingVideo[]> {
  const missing: MissingVideo[] = [];
  for await (const { id, values, status } of earlier.rows()) {
    if (status !== 'ok' || seen.has(id) || typeof values['deleted_at'] === 'bigint') continue;
    const [day, ...others] = daysOfVideo(id, values);
    // Of which day it is decides where it is looked for: what can't be told apart from a wrong place is no deletion.
    if (day !== undefined && others.length === 0 && ledger.isObservedAgain(day)) missing.push({ id, day, values });
  }
  return missing;
}
