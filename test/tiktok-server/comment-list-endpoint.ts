import { invalidParams } from './api-error.ts';
import { commentCeiling, commentFields, commentsOf } from './comments.ts';
import { readJsonBody } from './json-text.ts';
import { optionalInt64, readFields, readPaging, refuseUnknown, required } from './parameter.ts';
import { factsOf, okReply, type Received, type ServedRequest } from './served-request.ts';
import type { ServerState } from './server-state.ts';

export function readCommentRequest(received: Received, state: ServerState): ServedRequest {
  const fields = readFields(received.query, commentFields);
  const body = readJsonBody(received.body, received.contentType);
  refuseUnknown(body, ['video_id', 'max_count', 'cursor'], 'the request body');
  const videoId = required(optionalInt64(body, 'video_id'), 'video_id');
  const { maxCount, cursor } = readPaging(body, 10);
  if (cursor + maxCount > commentCeiling)
    throw invalidParams(`cursor + max_count must not exceed ${commentCeiling}, got ${cursor + maxCount}`);
  const page = Math.floor(cursor / maxCount);
  return {
    facts: factsOf({
      endpoint: 'video/comment/list',
      fields,
      videoId: String(videoId),
      cursor,
      page,
    }),
    answer(_fault, entry) {
      const all = commentsFor(videoId, state);
      const comments = all.slice(cursor, cursor + maxCount);
      entry.rows = comments.length;
      const rows = comments.map((comment) =>
        Object.fromEntries(
          commentFields.filter((field) => fields.includes(field)).map((field) => [field, comment[field]]),
        ),
      );
      // A recorded reply of 6 comments has cursor 6: here it counts rows.
      const next = cursor + comments.length;
      return okReply({ comments: rows, cursor: next, has_more: next < all.length }, entry);
    },
  };
}

function commentsFor(videoId: bigint, state: ServerState): ReturnType<typeof commentsOf> {
  const video = state.population.byId.get(videoId);
  if (video !== undefined && state.isVisible(video)) return commentsOf(video);
  if (state.settings.missingVideoComments === 'empty') return [];
  throw invalidParams(`Video ${videoId} is invalid: cannot find the video`);
}
