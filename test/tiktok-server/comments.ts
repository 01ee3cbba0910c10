import { seededRandom } from '../strict-server/seeded-random.ts';
import type { Video } from './video.ts';

export interface Comment {
  readonly id: bigint;
  readonly video_id: bigint;
  /** Empty for a sticker, as in recorded replies. */
  readonly text: string;
  readonly like_count: number;
  readonly reply_count: number;
  /** The id of the video when it is an answer to no other comment. */
  readonly parent_comment_id: bigint;
  readonly create_time: number;
}

export const commentFields: readonly (keyof Comment)[] = [
  'id',
  'video_id',
  'text',
  'like_count',
  'reply_count',
  'parent_comment_id',
  'create_time',
];

/** The API lists no more of a video than the first thousand. */
export const commentCeiling = 1000;

const texts = ['', 'jaja', '¡Fuera!', 'qué dice 😮', 'vamos Perú 🇵🇪', 'x'] as const;

/** In the order of the API, which is by neither id nor time. */
export function commentsOf(video: Video): Comment[] {
  const random = seededRandom(Number(BigInt.asIntN(32, video.id)));
  const made: Comment[] = [];
  const replies = new Map<bigint, number>();
  for (let place = 0; place < video.commentCount; place += 1) {
    const createTime = video.createTime + 60 + random.below(500_000);
    const id = (BigInt(createTime - 30) << 32n) | BigInt(place * 2 + 1);
    const topLevel = made.filter((comment) => comment.parent_comment_id === video.id);
    const parent = topLevel.length > 0 && random.chance(0.15) ? random.oneOf(topLevel.slice(-20)).id : video.id;
    if (parent !== video.id) replies.set(parent, (replies.get(parent) ?? 0) + 1);
    made.push({
      id,
      video_id: video.id,
      text: random.oneOf(texts),
      like_count: random.below(20),
      reply_count: 0,
      parent_comment_id: parent,
      create_time: createTime,
    });
  }
  return made.map((comment) => ({ ...comment, reply_count: replies.get(comment.id) ?? 0 }));
}
