import { cursorInvalid } from './api-error.ts';
import { alterPlaces, alterRows } from './faulty-page.ts';
import type { Fault } from './fault.ts';
import { readJsonBody } from './json-text.ts';
import { readFields } from './parameter.ts';
import type { LoggedRequest } from './request-log.ts';
import type { Search } from './searches.ts';
import { seededRandom } from '../strict-server/seeded-random.ts';
import { factsOf, okReply, type Received, type ServedRequest } from './served-request.ts';
import type { ServerState } from './server-state.ts';
import { dayMs, dayOf, startOfDay } from './utc-day.ts';
import { readVideoQuery, searchKey, type VideoQuery } from './video-query.ts';
import { videoFields, videoRow } from './video-row.ts';
import type { Video } from './video.ts';

export function readVideoRequest(received: Received, state: ServerState): ServedRequest {
  const fields = readFields(received.query, videoFields);
  const query = readVideoQuery(readJsonBody(received.body, received.contentType));
  const { startDate, endDate, cursor, searchId = null } = query;
  const page = Math.floor(cursor / query.maxCount);
  return {
    facts: factsOf({
      endpoint: 'video/query',
      fields,
      startDate,
      endDate,
      cursor,
      searchId,
      page,
    }),
    answer: (fault, entry) => okReply(answerPage(query, fields, fault, entry, state), entry),
  };
}

function answerPage(
  query: VideoQuery,
  fields: readonly string[],
  fault: Fault | null,
  entry: LoggedRequest,
  state: ServerState,
): object {
  const { nowMs } = state.clock;
  let search = searchOf(query, entry, state);
  const end = query.cursor + query.maxCount;
  if (fault !== null) alterPlaces(search.places, fault, query);
  // A video that was removed since the search leaves its place empty: another way to a short page.
  const videos = search.places
    .slice(query.cursor, end)
    .filter((video): video is Video => video !== null && state.isVisible(video));
  const more = search.places.length > end || fault?.kind === 'empty_page';
  if (fault?.kind === 'search_id_changes')
    search = state.searches.rename(search, { nowMs, keepOld: fault.keepOld ?? false });
  const style = { ...state.settings, nowMs };
  const rows = videos.map((video) => videoRow(video, fields, style));
  if (fault !== null) alterRows(rows, fault);
  Object.assign(entry, { rows: rows.length, givenSearchId: search.id });
  const { idName, emptyFields } = state.settings;
  return {
    ...((rows.length > 0 || emptyFields !== 'omitted') && {
      videos: idName === 'id' ? rows : rows.map(({ id, ...row }) => ({ ...row, video_id: id })),
    }),
    cursor: end,
    has_more: more && !query.isRandom,
    search_id: search.id,
  };
}

function searchOf(query: VideoQuery, entry: LoggedRequest, state: ServerState): Search {
  const { nowMs } = state.clock;
  const key = searchKey(query);
  if (query.searchId !== undefined) return state.searches.find(query.searchId, key, nowMs);
  entry.lostThread = query.cursor > 0;
  if (entry.lostThread && state.settings.withoutSearchId === 'error') throw cursorInvalid();
  const { searchIdLifetimeS, searchIdTries } = state.settings;
  return state.searches.begin(key, newResult(query, entry, state), {
    nowMs,
    expiresAtMs: nowMs + searchIdLifetimeS * 1000,
    notReady: searchIdTries,
  });
}

function newResult(query: VideoQuery, { number, lostThread }: LoggedRequest, state: ServerState): Video[] {
  const { startDate, endDate } = query;
  const exclusive = state.settings.endDate === 'exclusive';
  const last = exclusive ? dayOf((startOfDay(endDate) ?? 0) - dayMs) : endDate;
  const found = last < startDate ? [] : state.found(query.query, startDate, last);
  if (query.isRandom) {
    const random = seededRandom(number);
    return found
      .map((video) => ({ video, place: random.next() }))
      .toSorted((a, b) => a.place - b.place)
      .slice(0, query.maxCount)
      .map(({ video }) => video);
  }
  return lostThread ? found.slice(1 + (number % 7)) : found;
}
