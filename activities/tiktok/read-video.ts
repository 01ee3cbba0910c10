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
  readonly day: UtcDay;
  readonly values: { readonly [column: string]: CellValue };
}

/** Older documentation has these names, and so do its samples. */
const ALIASES: ReadonlyMap<string, string> = new Map([['favourites_count', 'favorites_count']]);
/**
 * The upper half of an id is 25 to 41 s from `create_time` in recorded pages (fixtures of
 * CybersecurityForDemocracy/tiktok-library); far more says that one of both was altered, or that the upload was scheduled.
 */
const ID_TIME_TOLERANCE_S = 600n;

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
  if (createTime !== null) {
    const apart = secondsOfId(id) - createTime;
    if (apart > ID_TIME_TOLERANCE_S || apart < -ID_TIME_TOLERANCE_S) note('id_time_mismatch');
  }
  return { id, day: dayOfVideo(id, values), values };
}

/** The day that a video belongs to: of `create_time`, or of its id where it has none. */
export function dayOfVideo(id: string, values: { readonly [column: string]: CellValue }): UtcDay {
  const seconds = values['create_time'];
  return dayOfSeconds(typeof seconds === 'bigint' ? seconds : secondsOfId(id));
}
