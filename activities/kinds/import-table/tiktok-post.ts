import { isList, isStruct } from '../../../datasets/is-list.ts';
import type { RawValue } from './raw-value.ts';
import type { MappedField, Present, Values } from './table-map.ts';
import { valueAt } from './value-at.ts';
import { secondsOfMilliseconds } from './written-values.ts';

const MASK_SENSITIVE = 3n;
const MASK_PHOTOSENSITIVE = 4n;

/** Where a post says whose it is: in an object in what the site loads, as text in what it has in its page. */
const USERNAME = ['author.uniqueId', 'author'];

/**
 * Fields of a post as tiktok.com's own JSON has it, which is what browser extensions and scrapers record. What is read, and
 * the values 0, 3 and 4, follow `map_item` in datasources/tiktok/search_tiktok.py of digitalmethodsinitiative/4cat at
 * 227bead1d635; `video.duration` and `stats.collectCount` follow yt_dlp/extractor/tiktok.py of yt-dlp/yt-dlp at
 * 81ecd58b1394. Where the account was made (the Research API's `region_code`) is not in it.
 */
export const POST_FIELDS: { readonly [column: string]: MappedField } = {
  id: { type: 'text', from: ['id'] },
  create_time: { type: 'int64', from: ['createTime'] },
  username: { type: 'text', from: USERNAME },
  video_description: { type: 'text', from: ['desc'] },
  hashtag_names: {
    type: { list: 'text' },
    from: ['textExtra[].hashtagName', 'contents[].textExtra[].hashtagName'],
    read: (names) => (isList(names) ? names.filter((name) => name !== '') : undefined),
    none: [],
  },
  effect_ids: { type: { list: 'text' }, from: ['effectStickers[].ID'], none: [] },
  music_id: { type: 'text', from: ['music.id'] },
  video_duration: { type: 'int64', from: ['video.duration'] },
  view_count: { type: 'int64', from: ['stats.playCount', 'statsV2.playCount'] },
  like_count: { type: 'int64', from: ['stats.diggCount', 'statsV2.diggCount'] },
  comment_count: { type: 'int64', from: ['stats.commentCount', 'statsV2.commentCount'] },
  share_count: { type: 'int64', from: ['stats.shareCount', 'statsV2.shareCount'] },
  favorites_count: { type: 'int64', from: ['stats.collectCount', 'statsV2.collectCount'] },
  author_name: { type: 'text', from: ['author.nickname', 'nickname'] },
  author_follower_count: { type: 'int64', from: ['authorStats.followerCount', 'authorStatsV2.followerCount'] },
  author_likes: { type: 'int64', from: ['authorStats.diggCount', 'authorStatsV2.diggCount'] },
  author_video_count: { type: 'int64', from: ['authorStats.videoCount', 'authorStatsV2.videoCount'] },
  challenge_names: { type: { list: 'text' }, from: ['challenges[].title'], none: [] },
  diversification_labels: { type: { list: 'text' }, from: ['diversificationLabels'], none: [] },
  sticker_texts: { type: { list: 'text' }, from: ['stickersOnItem'], read: stickerTexts, none: [] },
  effect_names: { type: { list: 'text' }, from: ['effectStickers[].name'], none: [] },
  warnings: { type: { list: 'text' }, from: ['warnInfo[].text'], none: [] },
  location_created: { type: 'text', from: ['locationCreated'] },
  music_name: { type: 'text', from: ['music.title'] },
  music_author: { type: 'text', from: ['music.authorName'] },
  is_duet: { type: 'bool', from: ['duetInfo.duetFromId'], read: (from) => from !== '0', none: false },
  is_ad: { type: 'bool', from: ['isAd'], none: false },
  is_paid_partnership: { type: 'bool', from: ['adAuthorization'], none: false },
  is_sensitive: { type: 'bool', from: ['maskType'], read: (mask) => mask === MASK_SENSITIVE, none: false },
  is_photosensitive: { type: 'bool', from: ['maskType'], read: (mask) => mask === MASK_PHOTOSENSITIVE, none: false },
  url: { type: 'text', from: ['id'], read: (id, post) => urlOf(id, post) },
};

/** Where Zeeschuimer saw a post and when; `last_updated` is the time of the data where a later sight replaced an earlier. */
export const sightFields = (meta: string): { readonly [column: string]: MappedField } => ({
  observed_at: {
    type: 'int64',
    from: [`${meta}last_updated`, `${meta}timestamp_collected`],
    read: secondsOfMilliseconds,
  },
  collected_from: { type: 'text', from: [`${meta}source_platform_url`] },
});

/** The fields, of a record that is found in a field of another. */
export const within = (
  field: string,
  fields: { readonly [column: string]: MappedField },
): { readonly [column: string]: MappedField } =>
  Object.fromEntries(
    Object.entries(fields).map(([column, { from, read, ...rest }]) => [
      column,
      {
        ...rest,
        from: from.map((path) => `${field}.${path}`),
        ...(read && {
          read: (value, record) => {
            const inner = valueAt(record, field);
            return read(value, isStruct(inner) ? inner : {});
          },
        }),
      } satisfies MappedField,
    ]),
  );

/** Videos and photo posts have one form of address. */
export function urlOf(id: RawValue, post: Values): string | null {
  const username = USERNAME.map((path) => valueAt(post, path)).find((value) => typeof value === 'string');
  const known = username !== undefined && username !== '' && (typeof id === 'string' || typeof id === 'bigint');
  return !known ? null : `https://www.tiktok.com/@${username}/video/${id}`;
}

/** The texts that were put on a video, one sticker an item. */
function stickerTexts(stickers: Present) {
  if (!isList(stickers)) return undefined;
  return stickers.map((sticker) => {
    const texts = valueAt(sticker, 'stickerText');
    return isList(texts) ? texts.filter((text) => typeof text === 'string').join(' ') : '';
  });
}
