import { afterAll, beforeEach, expect, it } from 'vitest';
import { peruQuery } from './peru-query.ts';
import { RemoteTikTokServer } from './remote-tiktok-server.ts';
import { testClient } from './tiktok-client.ts';

const server = await RemoteTikTokServer.start({ population: 'tiny', requestsADay: 50 });
const client = await testClient(server);
beforeEach(() => server.reset());
afterAll(() => server.close());

const query = { query: peruQuery, start_date: '20221206', end_date: '20221208', max_count: 100 };

it('takes faults and settings, and gives requests, counts and what a query finds over HTTP', async () => {
  await server.inject({ fault: { kind: 'short_page', rows: 7 } }, { fault: { kind: 'server_error' }, skip: 3 });
  const ids = await server.idsOf(peruQuery, '2022-12-06', '2022-12-08');
  expect((await client.videos(query)).videos.map(({ id }) => String(id))).toEqual(ids.toReversed().slice(0, 7));
  await server.remove(ids[0] ?? '');
  expect((await client.videos(query)).videos).toHaveLength(29);
  expect(await server.leastRequests(peruQuery, '2022-12-06', '2022-12-08')).toBe(1);
  expect(await server.counts()).toMatchObject({ total: 2, rows: 36, byFault: { short_page: 1 } });
  const [second, ...more] = await server.requests(1);
  expect(more).toEqual([]);
  expect(second).toMatchObject({
    endpoint: 'video/query',
    body: JSON.stringify(query),
    facts: { startDate: '20221206', endDate: '20221208', fields: ['id'], cursor: 0, page: 0, searchId: null },
    status: 200,
    code: 'ok',
    token: 1,
    client: 'key',
    rows: 29,
  });
  expect(await server.pendingFaults()).toHaveLength(1);
});

it('sets and moves the clock, tokens and quota', async () => {
  await server.configure({ now: '2023-03-10T12:00:00Z', frozen: true });
  await server.advance(1000);
  expect(await server.nowMs()).toBe(Date.parse('2023-03-10T12:00:01Z'));
  await client.renew();
  await server.expireTokens();
  expect((await client.videos(query)).status).toBe(401);
  await client.renew();
  await server.spendQuota('key', { requests: 50 });
  expect((await client.videos(query)).code).toBe('daily_quota_limit_exceeded');
  expect(await server.quotaUsed('key')).toEqual({ requests: 50, records: 0 });
});

it('refuses a command that it does not know', async () => {
  const response = await fetch(`${server.url}/__control`, { method: 'POST', body: '{"do":"explode"}' });
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: 'TypeError: no such command: {"do":"explode"}' },
  ]);
});

it('ends cleanly, by command or by its owner', async () => {
  const own = await RemoteTikTokServer.start({
    population: { seed: 1, from: '2023-01-01', to: '2023-01-02', matching: 9, others: 0 },
  });
  expect(await own.idsOf(peruQuery, '20230101', '20230102')).toHaveLength(9);
  await fetch(`${own.url}/__control`, { method: 'POST', body: '{"do":"close"}' });
  await own.close();
  await expect(fetch(own.url)).rejects.toThrow('fetch failed');
});
