import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { peruQuery } from './peru-query.ts';
import { testClient } from './tiktok-client.ts';
import { TikTokServer } from './tiktok-server.ts';

const server = await TikTokServer.start({ population: 'tiny' });
beforeEach(() => {
  server.reset();
  server.configure({ now: null, clients: null, requestsADay: 1000, recordsADay: 100_000, lagDays: 2 });
});
afterAll(() => server.close());

const query = { query: peruQuery, start_date: '20221206', end_date: '20221208', max_count: 100 };

const askToken = async (form: Record<string, string>, init: RequestInit = {}) => {
  const response = await fetch(`${server.url}/v2/oauth/token/`, {
    method: 'POST',
    body: new URLSearchParams({ client_key: 'k', client_secret: 's', grant_type: 'client_credentials', ...form }),
    ...init,
  });
  return [response.status, await response.json()];
};

describe('a token', () => {
  it('is given for two hours to anybody, or only to those who are known', async () => {
    const token = { access_token: expect.stringMatching(/^clt\./), expires_in: 7200, token_type: 'Bearer' };
    expect(await askToken({})).toEqual([200, token]);
    server.configure({ clients: [{ key: 'k', secret: 's' }] });
    expect(await askToken({})).toEqual([200, token]);
    expect(await askToken({ client_secret: 'x' })).toEqual([
      401,
      { error: 'invalid_client', error_description: expect.any(String), log_id: expect.any(String) },
    ]);
    expect(server.requests.at(-1)?.body).toBe('client_key=k&client_secret=…&grant_type=client_credentials');
  });

  it('is refused with a flat error for another grant, no form and, on demand, in spite of a 200', async () => {
    expect(await askToken({ grant_type: 'code' })).toMatchObject([400, { error: 'unsupported_grant_type' }]);
    expect(await askToken({ client_key: '' })).toMatchObject([400, { error: 'invalid_request' }]);
    const headers = { 'content-type': 'application/json' };
    expect(await askToken({}, { headers, body: '{}' })).toMatchObject([400, { error: 'invalid_request' }]);
    server.inject({ kind: 'token_error' }, { kind: 'server_error' });
    expect(await askToken({})).toMatchObject([200, { error: 'invalid_client' }]);
    expect(await askToken({})).toMatchObject([500, { error: 'internal_error' }]);
  });

  it('expires by the clock of the server, on demand, and when a fault says so', async () => {
    const client = await testClient(server);
    const codes: unknown[] = [];
    const ask = async () => codes.push((await client.videos(query)).code);
    server.advance(7_199_000);
    await ask();
    server.advance(1000);
    await ask();
    await client.renew();
    server.expireTokens();
    await ask();
    await client.renew();
    server.inject({ kind: 'access_token_invalid' });
    await ask();
    await ask();
    await client.renew();
    await ask();
    expect(codes).toEqual([
      'ok',
      'access_token_invalid',
      'access_token_invalid',
      'access_token_invalid',
      'access_token_invalid',
      'ok',
    ]);
    expect(server.quotaUsed('key').requests).toBe(2);
  });
});

describe('the quota of a day', () => {
  it('ends by requests, of which failures cost one and refusals by 401 and 429 none, and begins anew at 00:00 UTC', async () => {
    server.configure({ now: '2023-03-10T23:00:00Z', frozen: true, requestsADay: 3 });
    const client = await testClient(server);
    server.inject({ kind: 'rate_limit' }, { kind: 'server_error' }, { kind: 'gateway_timeout' });
    const replies = [];
    for (let request = 0; request < 6; request += 1) replies.push(await client.videos(query));
    expect(replies.map(({ status, code }) => [status, code])).toEqual([
      [429, 'rate_limit_exceeded'],
      [500, 'internal_error'],
      [504, undefined],
      [200, 'ok'],
      [429, 'daily_quota_limit_exceeded'],
      [429, 'daily_quota_limit_exceeded'],
    ]);
    expect(server.counts()).toMatchObject({ usedQuota: 3, byEndpoint: { 'video/query': 6 } });
    const other = await testClient(server, 'other');
    expect((await other.videos(query)).code).toBe('ok');
    server.advance(3_600_000);
    expect((await client.videos(query)).code).toBe('ok');
  });

  it('ends by records, by a fault, and by what another program uses', async () => {
    const client = await testClient(server);
    server.configure({ recordsADay: 30 });
    expect([(await client.videos(query)).code, (await client.videos(query)).code]).toEqual([
      'ok',
      'daily_quota_limit_exceeded',
    ]);
    server.reset();
    server.inject({ kind: 'daily_quota' });
    await client.videos(query);
    expect((await client.videos(query)).code).toBe('daily_quota_limit_exceeded');
    server.reset();
    server.spendQuota('key', { requests: 999 });
    expect([(await client.videos(query)).code, (await client.videos(query)).code]).toEqual([
      'ok',
      'daily_quota_limit_exceeded',
    ]);
  });
});

describe('what there is at a time', () => {
  it('lacks videos of the last two days, silently, and those that were removed', async () => {
    server.configure({ now: '2022-12-09T12:00:00Z', frozen: true });
    const young = server.idsOf(peruQuery, '2022-12-06', '2022-12-08').length;
    expect([young > 0, young < 30]).toEqual([true, true]);
    const client = await testClient(server);
    expect((await client.videos(query)).videos).toHaveLength(young);
    server.configure({ now: '2022-12-12T00:00:00Z', frozen: true });
    const all = server.idsOf(peruQuery, '2022-12-06', '2022-12-08');
    server.remove(...all.slice(0, 4));
    await client.renew();
    expect((await client.videos(query)).videos).toHaveLength(26);
    server.restore(all[0] ?? '');
    expect(server.idsOf(peruQuery, '2022-12-06', '2022-12-08')).toEqual([all[0], ...all.slice(4)]);
  });

  it('has counts that grow', async () => {
    const client = await testClient(server);
    const views = async (now: string) => {
      server.configure({ now, frozen: true });
      await client.renew();
      return (await client.videos(query, 'id,view_count')).videos.map(({ view_count }) => view_count);
    };
    const early = await views('2023-01-01T00:00:00Z');
    expect(await views('2023-01-01T23:00:00Z')).toEqual(early);
    const late = await views('2023-02-01T00:00:00Z');
    expect(late.every((count, index) => Number(count) >= Number(early[index]))).toBe(true);
    expect(late).not.toEqual(early);
  });

  it('ends with the last day of a window or before it', async () => {
    const client = await testClient(server);
    const found = async (endDate: 'inclusive' | 'exclusive', end: string) => {
      server.configure({ endDate });
      return (await client.videos({ ...query, end_date: end })).videos.length;
    };
    expect(await found('exclusive', '20221208')).toBe(await found('inclusive', '20221207'));
    expect(await found('exclusive', '20221206')).toBe(0);
    expect(await found('inclusive', '20221206')).toBeGreaterThan(0);
  });
});
