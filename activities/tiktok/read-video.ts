import type { CellValue } from '../../datasets/column-type.ts';
import type { ApiJson } from '../collect/api-json.ts';
import type { FieldType } from '../kinds/import-table/field-type.ts';
import { epochSeconds } from './epoch-seconds.ts';
import { isJsonObject, memberOf } from './parse-api-json.ts';
import { type Note, readFields } from './read-fields.ts';
import { dayOfSeconds, type UtcDay } from './utc-day.ts';
import { secondsOfId, videoId } from './video-id.ts';

export interface Video {
  readonly id: string;
  /** As `daysOfVideo` gives them. */
  readonly days: readonly UtcDay[];
  readonly values: { readonly [column: string]: CellValue };
}

/** Older documentation has these names, and so do its samples. */
const ALIASES: ReadonlyMap<string, string> = new Map([['favourites_count', 'favorites_count']]);
/**
 * The upper half of an id is 25 to 41 s from `create_time` in recorded pages (fixtures of
 * CybersecurityForDemocracy/tiktok-library); far more says that one of both was altered, or that the upload was scheduled.
 */
const ID_TIME_TOLERANCE_S = 600n;
/** So much at most an id was before its `create_time` in those pages, and a little. */
const ID_AHEAD_S = 60n;

/** One video of a page; null, and noted, when it has no id to keep it by. */
export function readVideo(
  raw: ApiJson,
  types: ReadonlyMap<string, FieldType>,
  observedAt: bigint,
  note: Note,
): Video | null {
  const id = isJsonObject(raw) ? videoId(memberOf(raw, 'id') ?? memberOf(raw, 'video_id')) : null;
  if (id === null || !isJsonObject(raw)) {
    note('no_id');
    return null;
  }
  const read = readFields(raw, { types, aliases: ALIASES, apart: ['id', 'video_id'] }, note);
  const createTime = epochSeconds(read['create_time'] ?? null, note);
  const values = { ...read, create_time: createTime, observed_at: observedAt, deleted_at: null };
  if (createTime !== null && !agree(id, createTime)) note('id_time_mismatch');
  return { id, days: daysOfVideo(id, values), values };
}

const agree = (id: string, createTime: bigint): boolean => {
  const apart = secondsOfId(id) - createTime;
  return apart <= ID_TIME_TOLERANCE_S && apart >= -ID_TIME_TOLERANCE_S;
};

/**
 * The day that a video belongs to, of `create_time`. Without one, or with one that its id contradicts, every day that it may
 * be of: the API searched by a time that its reply doesn't tell. Never empty.
 */
export function daysOfVideo(id: string, values: { readonly [column: string]: CellValue }): readonly UtcDay[] {
  const createTime = values['create_time'];
  const times = typeof createTime === 'bigint' ? [createTime] : [];
  if (times[0] === undefined || !agree(id, times[0])) times.push(secondsOfId(id), secondsOfId(id) + ID_AHEAD_S);
  return [...new Set(times.map(dayOfSeconds))];
}
