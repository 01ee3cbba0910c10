import { type Columns, int64 } from '../../datasets/column-type.ts';
import { type FieldType, toColumnType } from '../kinds/import-table/field-type.ts';
import { KNOWN_FIELDS } from '../kinds/import-table/known-fields.ts';

/**
 * What can be asked for of a video beside its id: https://developers.tiktok.com/doc/research-api-specs-query-videos. In the
 * order of the columns, which are those of an import.
 */
export const VIDEO_FIELDS = [
  'create_time',
  'username',
  'region_code',
  'video_description',
  'voice_to_text',
  'hashtag_names',
  'video_mention_list',
  'effect_ids',
  'music_id',
  'playlist_id',
  'video_duration',
  'view_count',
  'like_count',
  'comment_count',
  'share_count',
  'favorites_count',
  'is_stem_verified',
  'hashtag_info_list',
  'sticker_info_list',
  'effect_info_list',
  'video_label',
  'video_tag',
] as const;

export type VideoField = (typeof VIDEO_FIELDS)[number];

/** The types of the fields; `create_time` is always among them, since it says which day a video is of. */
export const videoFieldTypes = (fields: readonly VideoField[] = VIDEO_FIELDS): ReadonlyMap<string, FieldType> =>
  new Map(
    VIDEO_FIELDS.filter((field) => field === 'create_time' || fields.includes(field)).map((field) => [
      field,
      KNOWN_FIELDS.get(field)!,
    ]),
  );

export const videoColumns = (types: ReadonlyMap<string, FieldType>): Columns => ({
  ...Object.fromEntries([...types].map(([name, type]) => [name, toColumnType(type)])),
  observed_at: int64(),
  deleted_at: int64(),
});
