import type { MappedField, Present, TableMap, Values } from '../table-map.ts';
import { epochSeconds, splitAt } from '../written-values.ts';
import { urlOf } from '../tiktok-post.ts';

const text = (name: string): MappedField => ({ type: 'text', from: [name] });
const count = (name: string): MappedField => ({ type: 'int64', from: [name] });

/** Clocks differ from UTC by whole quarters of an hour. */
const QUARTER_S = 900n;
/** The time in a video's id is less than a minute before it was posted; more says that something else is wrong. */
const MOST_APART_S = 300n;

/**
 * The CSV that pyktok's `save_tiktok` and its like write (`generate_data_row` in src/pyktok/pyktok.py of dfreelon/pyktok at
 * cb6e2eacd046, version 0.0.31), one row a video; a video saved twice stands there twice.
 */
export const pyktok: TableMap = {
  name: 'pyktok',
  revision: 1,
  summary: 'metadata of videos by pyktok, as CSV',
  csv: {
    needs: [['video_id'], ['video_timestamp'], ['video_diggcount'], ['author_username']],
    fields: {
      id: text('video_id'),
      create_time: {
        type: 'int64',
        from: ['video_timestamp'],
        read: createTime,
        expects: 'a time such as 2023-01-09T14:03:11, and a number as video_id',
      },
      // Not only in create_time, since it may be that no time can be made of it.
      video_timestamp: text('video_timestamp'),
      username: text('author_username'),
      video_description: text('video_description'),
      video_duration: count('video_duration'),
      view_count: count('video_playcount'),
      like_count: count('video_diggcount'),
      comment_count: count('video_commentcount'),
      share_count: count('video_sharecount'),
      author_name: text('author_name'),
      author_follower_count: count('author_followercount'),
      author_likes: count('author_diggcount'),
      author_video_count: count('author_videocount'),
      sticker_texts: { type: { list: 'text' }, from: ['video_stickers'], read: splitAt(';'), none: [] },
      location_created: text('video_locationcreated'),
      is_ad: { type: 'bool', from: ['video_is_ad'] },
      url: {
        type: 'text',
        from: ['video_id'],
        read: (id, row) => urlOf(id, { author: row['author_username'] ?? null }),
      },
    },
    keeps: 'columns',
  },
};

/**
 * pyktok writes the local time of its machine, and not where that was. The upper 32 bits of a video's id are the time at which
 * it was made in UTC, to the minute, so the quarters of an hour between the two are the machine's distance from UTC.
 * Null where they are no such quarters.
 */
function createTime(value: Present, row: Values): bigint | null | undefined {
  const local = epochSeconds(value);
  const id = row['video_id'];
  if (local === undefined || typeof id !== 'string' || !/^\d+$/.test(id)) return undefined;
  const made = BigInt(id) >> 32n;
  const apart = local - made;
  const quarters = (apart + (apart < 0n ? -QUARTER_S : QUARTER_S) / 2n) / QUARTER_S;
  const rest = apart - quarters * QUARTER_S;
  return rest > MOST_APART_S || rest < -MOST_APART_S ? null : local - quarters * QUARTER_S;
}
