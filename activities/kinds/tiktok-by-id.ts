import { z } from 'zod';
import { defineStepKind } from '../step-kind.ts';
import { idBatches } from '../tiktok/ask-for-ids.ts';
import { collectById, datedId } from '../tiktok/collect-by-id.ts';
import { estimateItems } from '../tiktok/estimate-items.ts';
import { oneOf, seedColumn } from '../tiktok/seed-column.ts';
import { dayOfMs } from '../tiktok/utc-day.ts';
import { VIDEO_FIELDS, videoColumns, videoFieldTypes } from '../tiktok/video-fields.ts';

const params = z
  .strictObject({
    ids: z.array(z.string().min(1)).min(1).optional().describe('Ids of videos, as text'),
    from: seedColumn.describe('Or the column of another dataset in which they stand'),
    fields: z
      .array(z.enum(VIDEO_FIELDS))
      .min(1)
      .optional()
      .describe('What to ask for of each video; all when left out. `id` and `create_time` always come'),
  })
  .superRefine(oneOf('ids'))
  .meta({ examples: [{ ids: ['7168994483739033600'] }] });

/** Videos by their ids. */
export const tiktokById = defineStepKind({
  kind: 'tiktok/by-id',
  revision: 1,
  summary: 'What the TikTok Research API has of the videos with these ids, one row a video.',
  queue: 'main',
  params,
  tuning: z.strictObject({}),
  codes: {
    not_found:
      'The API was asked for this very video and has none: private, removed, too new (about two days), or never there.',
    invalid_id: 'No id of a TikTok video made since 2014; it is not asked for.',
    invalid_params: 'The API refuses the id.',
  },
  notes: [
    'As in [`tiktok/videos`](tiktok-videos.md), values are those of the moment `observed_at`. A video that an earlier version has and ' +
      'that is gone when it is asked for again gets `deleted_at`, or leaves the dataset (`retention.on_deleted`).',
  ],
  makes: ({ fields }) => videoColumns(videoFieldTypes(fields)),
  collects: {
    api: 'tiktok',
    identity: ({ fields }) => ({ fields: [...videoFieldTypes(fields).keys()] }),
    from: ({ from }) => from ?? null,
    keeps: ({ id }, { ids }, seeds) => (ids ? ids.includes(id) : seeds.has(id)),
    async *collect({ ids, fields }, tools) {
      return yield* collectById(ids ?? (await tools.seeds()), videoFieldTypes(fields), tools);
    },
    estimate: ({ ids }, earlier, seeds, refresh) =>
      estimateItems(ids ?? seeds, earlier, refresh, (asked) => {
        const today = dayOfMs(Date.now());
        const requests = idBatches(asked.flatMap((id) => datedId(id, today) ?? [])).length;
        // Ids that are none get their rows without a request, but by a run.
        return { low: requests, high: Math.max(requests, Math.min(1, asked.length)) };
      }),
  },
});
