import { stringify } from 'lossless-json';
import type { FieldType } from '../kinds/import-table/field-type.ts';
import { type PagesEnd, type PageTools, readPages, type Rounds } from './read-pages.ts';
import { readVideo, type Video } from './read-video.ts';
import { compactDay, type UtcDay } from './utc-day.ts';
import type { ResearchQuery } from './video-query.ts';

/** As many as the API gives a page. */
const PAGE = 100;

export interface VideoSearch {
  readonly unit: string;
  readonly query: ResearchQuery;
  readonly types: ReadonlyMap<string, FieldType>;
  readonly first: UtcDay;
  readonly last: UtcDay;
}

export interface VideoPage {
  readonly videos: readonly (Video & { readonly request: string })[];
  readonly request: string;
  /** Seconds since 1970. */
  readonly observedAt: bigint;
  note(what: string): void;
}

/** The videos of a search, as they come: one may come twice, and from outside of the days. */
export async function* videoPages(
  tools: PageTools,
  { unit, query, types, first, last }: VideoSearch,
  rounds: Rounds,
): AsyncGenerator<VideoPage, PagesEnd> {
  const search = {
    unit,
    endpoint: 'video/query',
    fields: ['id', ...types.keys()],
    list: 'videos' as const,
    body: (cursor: bigint | null, searchId: string | null) =>
      stringify({
        query,
        start_date: compactDay(first),
        end_date: compactDay(last),
        max_count: PAGE,
        ...(cursor !== null && { cursor }),
        ...(searchId !== null && { search_id: searchId }),
      }) ?? null,
  };
  const pages = readPages(tools, search, rounds);
  for (;;) {
    const { done, value } = await pages.next();
    if (done) return value;
    const { items, request, answeredAtMs } = value;
    const observedAt = BigInt(Math.floor(answeredAtMs / 1000));
    const noted = new Map<string, number>();
    const note = (what: string) => void noted.set(what, (noted.get(what) ?? 0) + 1);
    const videos = items.flatMap((item) => readVideo(item, types, observedAt, note) ?? []);
    yield { videos: videos.map((video) => ({ ...video, request })), request, observedAt, note };
    for (const [what, count] of noted) tools.note(request, what, count);
  }
}
