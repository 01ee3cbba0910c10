import { z } from 'zod';
import { compareIds } from '../../datasets/compare-ids.ts';
import { type QueryCondition, queryCondition, VIDEO_LENGTHS, valuesOf } from './query-condition.ts';
import { VIDEO_FIELDS } from './video-fields.ts';

const conditions = z.array(queryCondition).min(1).optional();

/** The parameters of a query: the API's own conditions, and short forms of the usual ones. */
export const videoQueryShape = {
  regions: valuesOf('region_code').describe('Regions in which an account was registered, such as `[PE]`: any of them'),
  keywords: valuesOf('keyword').describe(
    'Words in the description: any of them. With `hashtags`: any of the keywords or of the hashtags',
  ),
  hashtags: valuesOf('hashtag_name').describe('Hashtags without `#`: any of them'),
  usernames: valuesOf('username').describe('Accounts without `@`: any of them'),
  music_ids: valuesOf('music_id').describe('Any of these, as text'),
  effect_ids: valuesOf('effect_id').describe('Any of these, as text'),
  video_length: z
    .array(z.enum(VIDEO_LENGTHS))
    .min(1)
    .optional()
    .describe('Any of these: under 15 s, to 1 min, to 5 min, over 5 min'),
  query: z
    .strictObject({ and: conditions, or: conditions, not: conditions })
    .optional()
    .describe(
      'Conditions as the Research API has them: all of `and`, any of `or`, none of `not`. They hold beside the short forms. ' +
        'Operations: `EQ` and `IN`; for `create_date`, `view_count` and `comment_count` also `GT`, `GTE`, `LT`, `LTE` (inferred)',
    ),
  from: z.iso.date().describe('First day, UTC, such as 2022-11-20'),
  to: z.iso.date().describe('Last day, UTC, included'),
  fields: z
    .array(z.enum(VIDEO_FIELDS))
    .min(1)
    .optional()
    .describe('What to ask for of each video; all when left out. `id` and `create_time` always come'),
};

const shape = z.strictObject(videoQueryShape);
export type VideoQueryParams = z.output<typeof shape>;

const SHORT_FORMS = [
  'regions',
  'keywords',
  'hashtags',
  'usernames',
  'music_ids',
  'effect_ids',
  'video_length',
] as const;

/** What only the parameters together can have wrong. */
export function checkVideoQuery(params: VideoQueryParams, context: z.core.$RefinementCtx): void {
  const report = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const { query = {}, from, to } = params;
  if (to < from) report(['to'], `the period ends on ${to}, before it begins on ${from}; expected a later day`);
  if (!Object.values(query).some(Boolean) && !SHORT_FORMS.some((name) => params[name]))
    report([], `nothing says which videos, expected ${SHORT_FORMS.join(', ')} or query`);
  if (params.keywords && params.hashtags && query.or)
    report(
      ['query', 'or'],
      'the API takes one or, and keywords with hashtags are one; expected the keywords and hashtags as conditions of this or',
    );
}

export type ResearchQuery = {
  readonly and?: readonly Condition[];
  readonly or?: readonly Condition[];
  readonly not?: readonly Condition[];
};
type Condition = {
  readonly operation: string;
  readonly field_name: string;
  readonly field_values: readonly string[];
};

/** The query as it is sent: the same whatever the order in which values were declared. */
export function researchQuery(params: VideoQueryParams): ResearchQuery {
  const anyOf = (field: string, values: readonly string[] | undefined) =>
    values ? [condition({ operation: 'IN', field_name: field, field_values: [...values] })] : [];
  const words = [...anyOf('keyword', params.keywords), ...anyOf('hashtag_name', params.hashtags)];
  // One of both alone is one condition: the query's `or` stays free for others.
  const either = words.length > 1;
  const { and = [], or = [], not = [] } = params.query ?? {};
  return {
    ...some('and', [
      ...anyOf('region_code', params.regions),
      ...(either ? [] : words),
      ...anyOf('username', params.usernames),
      ...anyOf('music_id', params.music_ids),
      ...anyOf('effect_id', params.effect_ids),
      ...anyOf('video_length', params.video_length),
      ...and.map(condition),
    ]),
    ...some('or', [...(either ? words : []), ...or.map(condition)]),
    ...some('not', not.map(condition)),
  };
}

const condition = ({ operation, field_name, field_values }: QueryCondition): Condition => ({
  operation,
  field_name,
  field_values: [...new Set(field_values.map(String))].toSorted(compareIds),
});

const some = (name: keyof ResearchQuery, list: readonly Condition[]): ResearchQuery =>
  list.length === 0 ? {} : { [name]: list };
