import type { FieldType } from './field-type.ts';

/**
 * Fields of a video object of the TikTok Research API and their types. Ids are text, since many programs round them as
 * numbers; what its documentation calls Struct comes as an array or an object, and is kept as JSON. In the order in which
 * the columns stand in a dataset.
 */
export const KNOWN_FIELDS: ReadonlyMap<string, FieldType> = new Map<string, FieldType>([
  ['video_id', 'text'],
  ['create_time', 'int64'],
  ['username', 'text'],
  ['region_code', 'text'],
  ['video_description', 'text'],
  ['voice_to_text', 'text'],
  ['hashtag_names', { list: 'text' }],
  ['video_mention_list', { list: 'text' }],
  ['effect_ids', { list: 'text' }],
  ['music_id', 'text'],
  ['playlist_id', 'text'],
  ['video_duration', 'int64'],
  ['view_count', 'int64'],
  ['like_count', 'int64'],
  ['comment_count', 'int64'],
  ['share_count', 'int64'],
  ['favorites_count', 'int64'],
  // So in older documentation.
  ['favourites_count', 'int64'],
  ['is_stem_verified', 'bool'],
  ['hashtag_info_list', 'json'],
  ['sticker_info_list', 'json'],
  ['effect_info_list', 'json'],
  ['video_label', 'json'],
  ['video_tag', 'json'],
]);
