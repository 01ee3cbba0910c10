import { countsAt, type Video } from './video.ts';

/** How a reply is written: what differs between recorded replies, or is only said of them. */
export interface RowStyle {
  readonly nowMs: number;
  /** What the documentation calls Struct: a list, one object with lists in it, or one or the other by the video. */
  readonly structs: 'array' | 'object' | 'mixed';
  /**
   * `recorded`: as in recorded pages, lists and texts are left out when empty (but not `hashtag_names`), counts of 0
   * are there, and one row in 27 lacks `like_count`. `omitted`: whatever is empty, 0 or
   * false is, and an empty list of videos too. `present`: nothing is.
   */
  readonly emptyFields: 'recorded' | 'omitted' | 'present';
  /** One user in five has a NUL byte in the name. */
  readonly nulUsernames: boolean;
}

export type VideoRow = Record<string, unknown>;

type FieldReader = (video: Video, style: RowStyle) => unknown;

const count =
  (name: keyof ReturnType<typeof countsAt>): FieldReader =>
  (video, { nowMs }) =>
    countsAt(video, nowMs)[name];

/** Every field of the video object; ids in lists are strings, the others bare numbers. */
const readers: Readonly<Record<string, FieldReader>> = {
  id: ({ id }) => id,
  create_time: ({ createTime }) => createTime,
  username: ({ username }, { nulUsernames }) => (nulUsernames ? withNul(username) : username),
  region_code: ({ regionCode }) => regionCode,
  video_description: ({ description }) => description,
  voice_to_text: ({ voiceToText }) => voiceToText,
  music_id: ({ musicId }) => musicId,
  playlist_id: ({ playlistId }) => playlistId ?? 0,
  video_duration: ({ durationS }) => durationS,
  view_count: count('view_count'),
  like_count: count('like_count'),
  comment_count: count('comment_count'),
  share_count: count('share_count'),
  favorites_count: count('favorites_count'),
  is_stem_verified: ({ id }) => id % 5n === 0n,
  effect_ids: ({ effectIds }) => effectIds,
  hashtag_names: ({ hashtags }) => hashtags,
  video_mention_list: ({ mentions }) => mentions,
  hashtag_info_list: (video, style) =>
    struct(
      video,
      style,
      video.hashtags.map((name) => ({ hashtag_id: String(name.length * 1_000_003), hashtag_description: `#${name}` })),
    ),
  sticker_info_list: (video, style) =>
    struct(video, style, video.id % 9n === 0n ? [{ sticker_id: '7', sticker_name: 'Perú 🇵🇪' }] : []),
  effect_info_list: (video, style) =>
    struct(
      video,
      style,
      video.effectIds.map((id) => ({ effect_id: id, effect_name: `effect ${id}`, effect_photo_url: '' })),
    ),
  video_label: (video, style) =>
    struct(video, style, video.id % 11n === 0n ? [{ content: 'Learn more', sink: '', source: '', vote: '' }] : []),
  video_tag: (video, style) => struct(video, style, video.id % 7n === 0n ? [{ type: 'AIGC Type', number: 1 }] : []),
};

export const videoFields: readonly string[] = Object.keys(readers);

/** As it stands in a reply; its members are in an order of its own, as in recorded pages. */
export function videoRow(video: Video, fields: readonly string[], style: RowStyle): VideoRow {
  const first = Number(video.id % BigInt(fields.length));
  const row: VideoRow = {};
  for (const field of [...fields.slice(first), ...fields.slice(0, first)]) {
    const value = readers[field]?.(video, style);
    if (!isLeftOut(video, field, value, style)) row[field] = value;
  }
  return row;
}

function isLeftOut(video: Video, field: string, value: unknown, { emptyFields }: RowStyle): boolean {
  if (emptyFields === 'present') return false;
  const empty = value === '' || (Array.isArray(value) && value.length === 0);
  if (emptyFields === 'omitted') return empty || value === 0 || value === false;
  if (field === 'like_count') return video.id % 27n === 0n;
  return (empty && field !== 'hashtag_names') || (field === 'playlist_id' && value === 0);
}

function struct(video: Video, { structs, emptyFields }: RowStyle, list: readonly object[]): unknown {
  const [first] = list;
  if (structs === 'array' || (structs === 'mixed' && video.id % 4n === 1n)) return list;
  return first ?? (emptyFields === 'present' ? {} : []);
}

/** A recorded name is `حموديالباشا\u0000…4`: the byte stands between other characters. */
export const withNul = (username: string): string =>
  /[07]\.pe$/.test(username) ? `${username.slice(0, 4)}\u0000${username.slice(4)}` : username;
