import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from './fault.ts';
import { peruQuery } from './peru-query.ts';
import { testClient, type ClientReply } from './tiktok-client.ts';
import { TikTokServer } from './tiktok-server.ts';

const server = await TikTokServer.start({ population: 'small' });
const client = await testClient(server);
beforeEach(() => {
  server.reset();
  server.configure({ searchIdTries: 0, withoutSearchId: 'shifted' });
});
afterAll(() => server.close());

const from = '20221201';
const to = '20221210';
const first = { query: peruQuery, start_date: from, end_date: to, max_count: 100 };

/** Goes on by the returned cursor and search_id until there is no more. */
async function crawl({ withSearchId = true, maxPages = 100 } = {}) {
  const ids: string[] = [];
  const pages: number[] = [];
  let next: object = {};
  for (let page = 0; page < maxPages; page += 1) {
    const { data, videos, code } = await client.videos({ ...first, ...next });
    expect(code).toBe('ok');
    ids.push(...videos.map(({ id }) => String(id)));
    pages.push(videos.length);
    if (data['has_more'] !== true) break;
    next = { cursor: data['cursor'], ...(withSearchId && { search_id: data['search_id'] }) };
  }
  return { ids, pages };
}

const expected = server.idsOf(peruQuery, from, to);
const crawlWith = (...faults: Fault[]) => {
  server.inject(...faults);
  return crawl();
};

describe('a crawl by cursor and search_id', () => {
  it('gives exactly the videos, descending by id, in no more requests than it takes', async () => {
    const { ids, pages } = await crawl();
    expect(ids).toEqual(expected.toReversed());
    expect(pages).toEqual([100, 100, 100, 100, 100, 100, 100]);
    expect(server.leastRequests(peruQuery, from, to)).toBe(7);
  });

  it('loses videos without search_id, and the log shows it; or is refused', async () => {
    const { ids } = await crawl({ withSearchId: false });
    expect(ids.length).toBeLessThan(700);
    expect(server.counts()).toMatchObject({ lostThread: 6 });
    server.configure({ withoutSearchId: 'error' });
    expect(await client.videos({ ...first, cursor: 100 })).toMatchObject({
      status: 400,
      message: 'Invalid count or cursor',
    });
  });

  it('refuses a search_id of another query, of other dates, one that it never gave and one that expired', async () => {
    const { data } = await client.videos(first);
    const next = { ...first, cursor: 100, search_id: data['search_id'] };
    expect((await client.videos(next)).code).toBe('ok');
    const message = `Search Id ${String(data['search_id'])} is invalid or expired`;
    expect(await client.videos({ ...next, end_date: '20221209' })).toMatchObject({ status: 400, message });
    expect(await client.videos({ ...next, query: { ...peruQuery, or: [] } })).toMatchObject({
      code: 'invalid_params',
      message,
    });
    expect((await client.videos({ ...next, search_id: '7' })).message).toBe('Search Id 7 is invalid or expired');
    server.expireSearchIds();
    expect(await client.videos(next)).toMatchObject({ status: 400, message });
  });

  it('calls a search_id invalid that was just issued, until it was tried so often', async () => {
    server.configure({ searchIdTries: 2 });
    const { data } = await client.videos(first);
    const next = { ...first, cursor: 100, search_id: data['search_id'] };
    const codes = [await client.videos(next), await client.videos(next), await client.videos(next)].map(
      ({ code }) => code,
    );
    expect(codes).toEqual(['invalid_params', 'invalid_params', 'ok']);
  });

  it('says the same for a page that is asked for again, also past a video that was removed meanwhile', async () => {
    const { data, videos } = await client.videos(first);
    server.remove(String(videos[3]?.['id']));
    const again = await client.videos({ ...first, cursor: 0, search_id: data['search_id'] });
    expect(again.videos).toEqual(videos.toSpliced(3, 1));
    expect(again.data).toMatchObject({ cursor: 100n, has_more: true });
  });
});

describe('faults of pages, under which nothing is lost', () => {
  it.each<[Fault, number[]]>([
    [{ kind: 'short_page', rows: 27 }, [27, 100, 100, 100, 100, 100, 100, 73]],
    [{ kind: 'empty_page' }, [0, 100, 100, 100, 100, 100, 100, 100]],
    [{ kind: 'search_id_changes' }, [100, 100, 100, 100, 100, 100, 100]],
  ])('%o', async (fault, sizes) => {
    const { ids, pages } = await crawlWith(fault);
    expect(pages).toEqual(sizes);
    expect(ids).toEqual(expected.toReversed());
  });

  it('the search_id before a change is invalid', async () => {
    const { data } = await client.videos(first);
    server.inject({ kind: 'search_id_changes' });
    const second = await client.videos({ ...first, cursor: 100, search_id: data['search_id'] });
    expect(second.data['search_id']).not.toBe(data['search_id']);
    expect((await client.videos({ ...first, cursor: 200, search_id: data['search_id'] })).code).toBe('invalid_params');
  });

  it('empty pages without end', async () => {
    server.inject({ fault: { kind: 'empty_page' }, later: true, times: 'always' });
    const { pages } = await crawl({ maxPages: 20 });
    expect(pages).toEqual([100, ...Array.from({ length: 19 }, () => 0)]);
  });

  it.each(['page', 'next'] as const)('the same video twice: %s', async (on) => {
    const { ids } = await crawlWith({ kind: 'duplicate', on });
    expect(ids).toHaveLength(701);
    expect(ids.indexOf(expected.at(-1) ?? '', 1)).toBe(on === 'page' ? 1 : 100);
    expect([...new Set(ids)]).toEqual(expected.toReversed());
  });
});

it('has exactly the same for a client that only tries again, under a mix of everything', async () => {
  server.inject(
    { fault: { kind: 'server_error' }, probability: 0.15, seed: 1 },
    { fault: { kind: 'reset', after: 'body' }, probability: 0.1, seed: 2 },
    { fault: { kind: 'short_page', rows: 31 }, probability: 0.2, seed: 3 },
    { fault: { kind: 'empty_page' }, probability: 0.1, seed: 4 },
    { fault: { kind: 'duplicate', on: 'next' }, probability: 0.2, seed: 5 },
    { fault: { kind: 'search_id_changes', keepOld: true }, probability: 0.2, seed: 6 },
    { fault: { kind: 'truncated_json' }, probability: 0.1, seed: 7 },
    { fault: { kind: 'invalid_cursor' }, probability: 0.1, seed: 8 },
  );
  const ids: string[] = [];
  let next: object | null = {};
  while (next !== null) {
    const reply: ClientReply | null = await client.videos({ ...first, ...next }).catch(() => null);
    if (reply?.code !== 'ok') continue;
    ids.push(...reply.videos.map(({ id }) => String(id)));
    next =
      reply.data['has_more'] === true ? { cursor: reply.data['cursor'], search_id: reply.data['search_id'] } : null;
  }
  expect([...new Set(ids)]).toEqual(expected.toReversed());
  expect(Object.keys(server.counts().byFault).length).toBeGreaterThan(5);
});
