import { z } from 'zod';
import { defineStepKind } from '../step-kind.ts';
import { collectUsers } from '../tiktok/collect-users.ts';
import { estimateItems } from '../tiktok/estimate-items.ts';
import { valuesOf } from '../tiktok/query-condition.ts';
import { oneOf, seedColumn } from '../tiktok/seed-column.ts';
import { USER_COLUMNS } from '../tiktok/user-fields.ts';

const params = z
  .strictObject({
    usernames: valuesOf('username').describe('Names of accounts, without `@`'),
    from: seedColumn.describe('Or the column of another dataset in which they stand'),
  })
  .superRefine(oneOf('usernames'))
  .meta({ examples: [{ usernames: ['gettok'] }] });

/** Accounts by their names. */
export const tiktokUsers = defineStepKind({
  kind: 'tiktok/users',
  revision: 1,
  summary: 'What the TikTok Research API tells of accounts, one row an account; its id is the username.',
  queue: 'main',
  params,
  tuning: z.strictObject({}),
  codes: {
    user_not_found: 'There is no account of this name, or none any more.',
    user_not_available: 'The API tells nothing of this account, such as one that is private or of a minor.',
    invalid_params: 'The API refuses the name.',
  },
  notes: [
    'One request an account: a thousand a day. Counts are those of the moment `observed_at`. An account that an earlier version has and ' +
      'that is not found when it is asked for again gets `deleted_at`, or leaves the dataset (`retention.on_deleted`); one that is ' +
      'not available any more stays as it was last observed.',
  ],
  makes: () => USER_COLUMNS,
  collects: {
    api: 'tiktok',
    identity: () => ({}),
    from: ({ from }) => from ?? null,
    keeps: ({ id }, { usernames }, seeds) => (usernames ? usernames.includes(id) : seeds.has(id)),
    async *collect({ usernames }, tools) {
      return yield* collectUsers(usernames ?? (await tools.seeds()), tools);
    },
    estimate: ({ usernames }, earlier, seeds, refresh) =>
      estimateItems(usernames ?? seeds, earlier, refresh, ({ length }) => ({ low: length, high: length })),
  },
});
