import { z } from 'zod';
import { defineStepKind } from '../step-kind.ts';
import { COMMENT_COLUMNS } from '../tiktok/comment-fields.ts';
import { API_LIMIT, collectComments, videoOfRow } from '../tiktok/collect-comments.ts';
import { estimateComments } from '../tiktok/estimate-comments.ts';
import { oneOf, seedColumn } from '../tiktok/seed-column.ts';

const params = z
  .strictObject({
    video_ids: z.array(z.string().min(1)).min(1).optional().describe('Ids of videos, as text'),
    from: seedColumn.describe('Or the column of another dataset in which they stand'),
  })
  .superRefine(oneOf('video_ids'))
  .meta({ examples: [{ video_ids: ['7168994483739033600'] }] });

/** Comments of videos. */
export const tiktokComments = defineStepKind({
  kind: 'tiktok/comments',
  revision: 1,
  summary: 'Comments that the TikTok Research API has of videos, at most 1000 a video, one row a comment.',
  queue: 'main',
  params,
  tuning: z.strictObject({}),
  codes: {
    [API_LIMIT]: 'Skipped, in the row `video:<video id>`: the video has more comments than the API gives.',
    video_not_found: 'In the row `video:<video id>`: the API has no such video, such as one that was removed.',
    invalid_params: 'In the row `video:<video id>`: the API refuses the video for another reason.',
    invalid_id: 'In the row `video:<video id>`: no id of a video; it is not asked for.',
  },
  notes: [
    'A comment on the video has the video’s id as `parent_comment_id`; an answer has that of the comment. A video whose comments can’t be had ' +
      'has one row with the id `video:<video id>` that says why; one without comments has none.',
    'Asking again brings new comments and counts. A comment that does not come again is kept as it was last observed: the API can’t be asked ' +
      'for one comment, so that none is ever known to be deleted.',
  ],
  makes: () => COMMENT_COLUMNS,
  collects: {
    api: 'tiktok',
    identity: () => ({}),
    from: ({ from }) => from ?? null,
    keeps({ id, values }, { video_ids }, seeds) {
      const video = videoOfRow(id) ?? values['video_id'];
      return typeof video === 'string' && (video_ids ? video_ids.includes(video) : seeds.has(video));
    },
    async *collect({ video_ids }, tools) {
      return yield* collectComments(video_ids ?? (await tools.seeds()), tools);
    },
    estimate: ({ video_ids }, earlier, seeds, refresh) => estimateComments(video_ids ?? seeds, earlier, refresh),
  },
});
