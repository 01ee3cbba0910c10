import type { Collected, CollectTools } from '../collect/collect-tools.ts';
import { COMMENT_FIELDS } from './comment-fields.ts';
import { epochSeconds } from './epoch-seconds.ts';
import { isJsonObject, memberOf } from './parse-api-json.ts';
import { readFields } from './read-fields.ts';
import type { Page } from './read-pages.ts';
import { videoId } from './video-id.ts';

/** The comments of a page, each once; `seen` are those of the pages before. */
export function* readCommentPage(
  { items, request, answeredAtMs }: Page,
  video: string,
  seen: Set<string>,
  { note }: Pick<CollectTools, 'note'>,
): Generator<Collected> {
  const observedAt = BigInt(Math.floor(answeredAtMs / 1000));
  const noted = new Map<string, number>();
  const count = (what: string) => void noted.set(what, (noted.get(what) ?? 0) + 1);
  for (const item of items) {
    // Ids of comments are made as those of videos are.
    const id = isJsonObject(item) ? videoId(memberOf(item, 'id')) : null;
    if (id === null || !isJsonObject(item)) count('no_id');
    else if (seen.has(id)) count('duplicate');
    else {
      seen.add(id);
      const read = readFields(item, { types: COMMENT_FIELDS, apart: ['id'] }, count);
      if (read['video_id'] !== null && read['video_id'] !== video) count('other_video');
      const createTime = epochSeconds(read['create_time'] ?? null, count);
      const values = { ...read, video_id: video, create_time: createTime, observed_at: observedAt };
      yield { kind: 'row', id, values, request };
    }
  }
  for (const [what, times] of noted) note(request, what, times);
}
