import { expect, it } from 'vitest';
import { ApiUnreachableError } from '../../../activities/collect/api-unreachable-error.ts';
import type { CollectApi } from '../../../activities/collect/collect-api.ts';
import { createAsker } from '../../../activities/collect/create-asker.ts';
import { openDailyQuota } from '../../../activities/collect/daily-quota.ts';
import { openRequestJournal } from '../../../activities/collect/request-journal.ts';
import { readReply } from '../../../activities/tiktok/read-reply.ts';
import { TikTokAccessError } from '../../../activities/tiktok/tiktok-access-error.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { memoryStore } from '../memory-store.ts';

const REQUEST = { unit: 'u', round: 0, page: 0, endpoint: 'video/query', fields: ['id'], body: '{}' };

/** Asks once, until something is in the journal. */
async function ask(send: CollectApi['send']) {
  const store = memoryStore();
  const api: CollectApi = { account: 'a', requestsADay: 10, send, dropToken: () => {}, read: readReply };
  const quota = openDailyQuota(store, { api: 'tiktok', ...api });
  const journal = await openRequestJournal(store, {
    dataset: 'd',
    step: 's',
    identity: sha256('identity'),
    refresh: false,
  });
  const ending = new AbortController();
  const asker = createAsker({
    api,
    journal,
    quota,
    run: 'r',
    signal: ending.signal,
    maxRequests: null,
    refresh: false,
    resume: { outages: 0, failedSince: null, failedUntil: null },
    seen: () => ending.abort(),
  });
  const error = await asker.ask(REQUEST).then(
    () => null,
    (thrown: Error) => thrown,
  );
  return { error, used: (await quota.today(Date.now())).used, left: asker.left };
}

it.each<[string, () => Error, number]>([
  ['gives back what was not sent', () => new ApiUnreachableError('unreachable', 'No connection.', false), 0],
  ['counts what broke after it was sent', () => new ApiUnreachableError('unreachable', 'It broke.', true), 1],
  ['gives back what there was no token for', () => new TikTokAccessError('invalid_client', 'It is wrong'), 0],
])('%s', async (_what, thrown, used) => {
  const asked = await ask(() => Promise.reject(thrown()));
  expect(asked).toMatchObject({ used, left: 10 - used });
});

it('ends what it says with full stops', async () => {
  const reply = (code: string) => ({
    status: 401,
    contentType: 'application/json',
    body: JSON.stringify({ data: {}, error: { code, message: 'No scope.', log_id: 'L' } }),
    askedAtMs: 0,
    answeredAtMs: 0,
    token: 1,
  });
  const { error } = await ask(() => Promise.resolve(reply('scope_not_authorized')));
  expect(error!.message).toMatch(/or use an approved app's key\. What was collected until now is kept\.$/);
  expect(new TikTokAccessError('invalid_client', 'It is wrong').message).toContain('It is wrong. Every reply');
});
