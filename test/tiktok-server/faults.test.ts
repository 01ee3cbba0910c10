import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from './fault.ts';
import { peruQuery } from './peru-query.ts';
import { testClient } from './tiktok-client.ts';
import { TikTokServer } from './tiktok-server.ts';

const server = await TikTokServer.start({ population: 'tiny' });
const client = await testClient(server);
beforeEach(() => server.reset());
afterAll(() => server.close());

const query = { query: peruQuery, start_date: '20221206', end_date: '20221208', max_count: 10 };
const ask = (fields?: string) => client.videos(query, fields);
const askWith = (fault: Fault, fields?: string) => {
  server.inject(fault);
  return ask(fields);
};

/** Statuses of so many requests for each of these days. */
async function statusesOf(days: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const day of days) statuses.push((await client.videos({ ...query, start_date: day, end_date: day })).status);
  return statuses;
}

describe('a fault instead of an answer', () => {
  it.each<[Fault, object]>([
    [{ kind: 'scope_not_authorized' }, { status: 401, code: 'scope_not_authorized' }],
    [{ kind: 'rate_limit' }, { status: 429, code: 'rate_limit_exceeded' }],
    [
      { kind: 'server_error' },
      { status: 500, code: 'internal_error', message: 'Something is wrong. Please try again later.' },
    ],
    [{ kind: 'gateway_timeout' }, { status: 504, contentType: 'text/html', text: expect.stringContaining('<h1>504') }],
    [{ kind: 'html' }, { status: 200, contentType: 'text/html', text: expect.stringContaining('<!DOCTYPE html>') }],
    [
      { kind: 'error', status: 400, code: 'timeout', message: 'x' },
      { status: 400, code: 'timeout', message: 'x' },
    ],
  ])('%o', async (fault, reply) => {
    expect(await askWith(fault)).toMatchObject(reply);
    expect((await ask()).code).toBe('ok');
    expect(server.counts().byFault).toEqual({ [fault.kind]: 1 });
  });

  it('half a JSON', async () => {
    await expect(askWith({ kind: 'truncated_json' })).rejects.toBeInstanceOf(SyntaxError);
  });

  it.each(['request', 'headers', 'body'] as const)(
    'a connection reset after the %s, with quota used',
    async (after) => {
      await expect(askWith({ kind: 'reset', after })).rejects.toThrow(TypeError);
      expect(server.requests).toMatchObject([{ status: null, fault: 'reset', aborted: false, rows: 10 }]);
      expect(server.quotaUsed('key')).toEqual({ requests: 1, records: 10 });
    },
  );

  it('no answer until the client gives up', async () => {
    server.inject({ kind: 'hang' });
    const patience = new AbortController();
    const call = fetch(`${server.url}/v2/oauth/token/`, {
      method: 'POST',
      signal: patience.signal,
      body: new URLSearchParams({ client_key: 'k', client_secret: 's', grant_type: 'client_credentials' }),
    });
    const failed = expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => server.counts().byFault).toEqual({ hang: 1 });
    patience.abort();
    await failed;
    await expect.poll(() => server.requests[0]).toMatchObject({ status: null, aborted: true });
  });

  it('a right search_id or cursor called wrong', async () => {
    const { data } = await ask();
    const next = { ...query, cursor: 10, search_id: data['search_id'] };
    server.inject({ kind: 'search_id_invalid' }, { kind: 'invalid_cursor' });
    // Neither can happen to a first page.
    expect((await ask()).code).toBe('ok');
    const messages = [await client.videos(next), await client.videos(next), await client.videos(next)].map(
      ({ message }) => message,
    );
    expect(messages).toEqual([
      `Search Id ${String(data['search_id'])} is invalid or expired`,
      'Invalid count or cursor',
      '',
    ]);
  });
});

describe('a fault in the rows', () => {
  it('an id as a double, or with the time of another year; a time that does not agree', async () => {
    const { videos } = await ask('id,create_time');
    const [first] = videos;
    const id = first?.['id'] as bigint;
    const rounded = await askWith({ kind: 'corrupt_id', how: 'rounded' });
    expect(rounded.videos[0]).toEqual({ id: BigInt(Number(id)) });
    const foreign = await askWith({ kind: 'corrupt_id', how: 'foreign' });
    expect(id - (foreign.videos[0]?.['id'] as bigint)).toBe(31_557_600n << 32n);
    const wrong = await askWith({ kind: 'wrong_time', byS: 86_400 }, 'id,create_time');
    expect(wrong.videos).toEqual([
      { id, create_time: (first?.['create_time'] as bigint) + 86_400n },
      ...videos.slice(1),
    ]);
  });

  it('a NUL byte in a name, once or as a setting', async () => {
    const { text, videos } = await askWith({ kind: 'nul_username' }, 'username');
    expect(text).toContain('user\\u0000');
    expect(videos.filter(({ username }) => String(username).includes('\0'))).toHaveLength(1);
    server.configure({ nulUsernames: true });
    expect((await client.videos({ ...query, max_count: 100 }, 'username')).text).toContain('user\\u0000');
    server.configure({ nulUsernames: false });
  });

  it('fields that are missing', async () => {
    const { videos } = await askWith(
      { kind: 'without_fields', fields: ['create_time', 'id'] },
      'id,create_time,username',
    );
    expect(videos.map((video) => Object.keys(video))).toEqual(videos.map(() => ['username']));
  });

  it('objects for arrays', async () => {
    const field = 'hashtag_info_list';
    const structs = ({ videos }: Awaited<ReturnType<typeof ask>>) =>
      videos.flatMap((video) => (field in video ? [Array.isArray(video[field])] : []));
    expect(structs(await ask(field))).not.toContain(false);
    expect(structs(await askWith({ kind: 'other_structs' }, field))).not.toContain(true);
    server.configure({ structs: 'mixed' });
    expect(new Set(structs(await client.videos({ ...query, max_count: 100 }, field)))).toEqual(new Set([true, false]));
    server.configure({ structs: 'array' });
  });
});

describe('which requests a fault hits', () => {
  it('the first that matches, after as many as it skips, as often as it says', async () => {
    server.inject({ fault: { kind: 'server_error' }, window: ['20221207', '20221207'], skip: 1, times: 2 });
    const days = ['20221206', '20221207', '20221207', '20221206', '20221207', '20221207'];
    expect(await statusesOf(days)).toEqual([200, 200, 500, 200, 500, 200]);
    expect(server.pendingFaults).toEqual([]);
  });

  it('always, windows that touch certain days', async () => {
    server.inject({ fault: { kind: 'server_error' }, days: ['20221207', '20221207'], times: 'always' });
    expect(await statusesOf(['20221206', '20221207', '20221207', '20221208'])).toEqual([200, 500, 500, 200]);
    expect((await ask()).status).toBe(500);
  });

  it('by probability, which is the same for the same seed', async () => {
    const days = Array.from({ length: 40 }, () => '20221206');
    const hits = async (seed: number) => {
      server.reset();
      server.inject({ fault: { kind: 'server_error' }, probability: 0.25, seed });
      return statusesOf(days);
    };
    const first = await hits(3);
    expect(await hits(3)).toEqual(first);
    expect(await hits(4)).not.toEqual(first);
    const failed = first.filter((status) => status === 500).length;
    expect([failed > 3, failed < 20]).toEqual([true, true]);
  });

  it('every n-th, later pages only, one endpoint only, and none that is refused anyway', async () => {
    server.inject(
      { fault: { kind: 'server_error' }, endpoint: 'video/comment/list' },
      { fault: { kind: 'rate_limit' }, later: true },
      { fault: { kind: 'gateway_timeout' }, every: 2 },
    );
    await client.videos({ ...query, max_count: 0 });
    expect(await statusesOf(['20221206', '20221206', '20221206', '20221206'])).toEqual([200, 504, 200, 504]);
    expect(server.pendingFaults).toHaveLength(3);
  });
});
