import { z } from 'zod';
import type { EarlierRow } from '../collect/collect-tools.ts';
import { defineStepKind } from '../step-kind.ts';
import { collectVideos } from '../tiktok/collect-videos.ts';
import { estimateVideos } from '../tiktok/estimate-videos.ts';
import { daysOfVideo } from '../tiktok/read-video.ts';
import { videoColumns, videoFieldTypes } from '../tiktok/video-fields.ts';
import { checkVideoQuery, researchQuery, type VideoQueryParams, videoQueryShape } from '../tiktok/video-query.ts';

const params = z
  .strictObject(videoQueryShape)
  .superRefine(checkVideoQuery)
  .meta({ examples: [{ regions: ['PE'], from: '2022-11-20', to: '2023-03-01' }] });

/** Videos that the TikTok Research API has for a query. */
export const tiktokVideos = defineStepKind({
  kind: 'tiktok/videos',
  revision: 1,
  summary: 'Videos that the TikTok Research API has for a query and a period, one row a video.',
  queue: 'main',
  params,
  tuning: z.strictObject({
    lag_days: z
      .int()
      .min(0)
      .max(60)
      .default(2)
      .describe(
        'So many days after its end a day may still get videos: until then it is partial (`recent`) and asked for again',
      ),
  }),
  notes: [
    'Counts and texts are those of the moment `observed_at` (seconds since 1970, UTC). `deleted_at` is the moment at which the API ' +
      'was asked for this very video and had it no more; it stays empty otherwise. What the API leaves out is empty. Fields that come as lists or objects are JSON.',
    'A row is kept when the short forms and `query` all hold: `regions: [PE]` with `keywords` and `hashtags` is region PE *and* (any of the keywords *or* any of the hashtags).',
  ],
  makes: ({ fields }) => videoColumns(videoFieldTypes(fields)),
  collects: {
    api: 'tiktok',
    identity: (declared) => {
      const { and = [], or = [], not = [] } = researchQuery(declared);
      return { query: { and, or, not }, fields: [...videoFieldTypes(declared.fields).keys()] };
    },
    keeps: ({ id, values }: EarlierRow, { from, to }) =>
      daysOfVideo(id, values).some((day) => from <= day && day <= to),
    collect: (declared: VideoQueryParams, tools) => collectVideos(declared, tools, tools.tuning.lag_days),
    estimate: (declared, earlier, _seeds, refresh) => estimateVideos(declared, earlier, Date.now(), refresh),
  },
});
