import type { ExportForm, Present } from './table-map.ts';
import { epochSeconds, splitAt, TIME, yesOrNo } from './written-values.ts';

/** What JavaScript writes where a post has no such number. */
const NO_NUMBER = ['undefined', 'null', 'NaN'];

const number = (value: Present) => (typeof value === 'string' && NO_NUMBER.includes(value) ? null : value);
const count = (name: string) => ({ type: 'int64', from: [name], read: number }) as const;
const text = (name: string) => ({ type: 'text', from: [name] }) as const;
const yes = (name: string) => ({ type: 'bool', from: [name], read: yesOrNo, expects: 'yes or no' }) as const;
const list = (name: string, separator = ',') =>
  ({ type: { list: 'text' }, from: [name], read: splitAt(separator), none: [] }) as const;

/**
 * The columns of `map_item` in datasources/tiktok/search_tiktok.py of digitalmethodsinitiative/4cat at 227bead1d635, by
 * which 4CAT and, since its version 1.14, Zeeschuimer (`map_item` in modules/tiktok.js) write posts as CSV. Those that came
 * later than January 2023 may be missing; before 2026-01-09 `collected_from_url` is. Lists are joined by commas, so a name
 * with a comma in it comes apart.
 */
export const MAPPED_POST_CSV: ExportForm = {
  needs: [['id'], ['author'], ['body'], ['unix_timestamp', 'timestamp'], ['tiktok_url']],
  fields: {
    id: text('id'),
    create_time: {
      type: 'int64',
      from: ['unix_timestamp', 'timestamp'],
      read: (value) => (number(value) === null ? null : epochSeconds(value)),
      expects: TIME,
    },
    username: text('author'),
    video_description: text('body'),
    hashtag_names: list('hashtags'),
    music_id: text('music_id'),
    view_count: count('plays'),
    like_count: count('likes'),
    comment_count: count('comments'),
    share_count: count('shares'),
    author_name: text('author_full'),
    author_follower_count: count('author_followers'),
    author_likes: count('author_likes'),
    author_video_count: count('author_videos'),
    challenge_names: list('challenges'),
    diversification_labels: list('diversification_labels'),
    sticker_texts: list('stickers', '\n'),
    effect_names: list('effects'),
    warnings: list('warning'),
    location_created: text('location_created'),
    music_name: text('music_name'),
    music_author: text('music_author'),
    is_duet: yes('is_duet'),
    is_ad: yes('is_ad'),
    is_paid_partnership: yes('is_paid_partnership'),
    is_sensitive: yes('is_sensitive'),
    is_photosensitive: yes('is_photosensitive'),
    url: text('tiktok_url'),
    collected_from: text('collected_from_url'),
  },
  keeps: 'columns',
};
