import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { peruQuery } from './peru-query.ts';
import { testClient } from './tiktok-client.ts';
import { TikTokServer } from './tiktok-server.ts';
import { commentFields } from './comments.ts';

const server = await TikTokServer.start({ population: 'small' });
const client = await testClient(server);
beforeEach(() => server.reset());
afterAll(() => server.close());

const listPath = `video/comment/list/?fields=${commentFields.join(',')}`;
const list = (body: object) => client.post(listPath, body);
const withComments = (test: (count: number) => boolean): bigint =>
  server.videos.find(({ commentCount }) => test(commentCount))?.id ?? 0n;

describe('comments', () => {
  it('are listed by cursor up to the thousandth, and never after it', async () => {
    const video_id = withComments((count) => count > 1000);
    const ids: string[] = [];
    for (let cursor = 0; cursor < 1000; cursor += 100) {
      const { data } = await list({ video_id, max_count: 100, cursor });
      ids.push(...(data['comments'] as { id: bigint }[]).map(({ id }) => String(id)));
      expect(data).toMatchObject({ cursor: BigInt(cursor + 100), has_more: true });
    }
    expect(ids).toEqual(server.commentIdsOf(String(video_id)));
    expect(new Set(ids).size).toBe(1000);
    expect(await list({ video_id, max_count: 100, cursor: 1000 })).toMatchObject({
      status: 400,
      code: 'invalid_params',
      message: 'cursor + max_count must not exceed 1000, got 1100',
    });
  });

  it('answer the video or another comment, and may be empty', async () => {
    const video_id = withComments((count) => count > 1000);
    const { data } = await list({ video_id, max_count: 100 });
    const comments = data['comments'] as { id: bigint; text: string; parent_comment_id: bigint }[];
    const ids = new Set(comments.map(({ id }) => id));
    const top = comments.filter(({ parent_comment_id: parent }) => parent === video_id);
    expect(top.length).toBeLessThan(100);
    expect(comments.filter((comment) => !top.includes(comment) && !ids.has(comment.parent_comment_id))).toEqual([]);
    expect(comments.some(({ text }) => text === '')).toBe(true);
  });

  it.each([
    [{ video_id: '7320768196569599275' }],
    [{}],
    [{ video_id: 7n, search_id: '' }],
    [{ video_id: 7n, max_count: 200 }],
  ])('refuse %o', async (body) => expect(await list(body)).toMatchObject({ status: 400, code: 'invalid_params' }));

  it('of a video that is gone are an error, or none', async () => {
    const video_id = withComments((count) => count > 2);
    server.remove(String(video_id));
    expect((await list({ video_id })).code).toBe('invalid_params');
    server.configure({ missingVideoComments: 'empty' });
    expect((await list({ video_id })).data).toEqual({ comments: [], cursor: 0n, has_more: false });
  });
});

describe('a user', () => {
  const info = (username: string, fields = 'display_name,video_count') =>
    client.post(`user/info/?fields=${fields}`, { username });
  const [name = ''] = server.usernamesOf(peruQuery, '2022-12-01', '2022-12-10');

  it('is described without the name, the same each time', async () => {
    const { data } = await info(name);
    expect(data).toEqual({ display_name: `${name} 🇵🇪`, video_count: expect.any(BigInt) });
    expect((await info(`${name.slice(0, 4)}\u0000${name.slice(4)}`)).data).toEqual(data);
    expect((await info(name, 'username')).message).toBe('Invalid fields: username');
  });

  it('is not found, or not to be had', async () => {
    expect((await info('nobody')).message).toBe('Username nobody is invalid: cannot find the user');
    server.configure({ closedUsers: [name] });
    expect(await info(name)).toMatchObject({ status: 400, message: "API cannot return this user's information" });
    server.configure({ closedUsers: [], unknownUsers: [name] });
    expect((await info(name)).message).toContain('is invalid: cannot find the user');
  });
});

describe('the rows of a video', () => {
  const fields = 'id,like_count,effect_ids,hashtag_names,share_count,playlist_id,is_stem_verified,voice_to_text';
  const rows = async (emptyFields: 'recorded' | 'omitted' | 'present') => {
    server.configure({ emptyFields });
    const body = { query: peruQuery, start_date: '20221201', end_date: '20221210', max_count: 100 };
    return (await client.videos(body, fields)).videos;
  };
  const having = (all: Awaited<ReturnType<typeof rows>>, field: string) => all.filter((row) => field in row).length;

  it('lack what is empty, as recorded pages do, or all of it, or nothing', async () => {
    const recorded = await rows('recorded');
    expect(having(recorded, 'hashtag_names')).toBe(100);
    expect(having(recorded, 'share_count')).toBe(100);
    expect([having(recorded, 'like_count') > 80, having(recorded, 'like_count') < 100]).toEqual([true, true]);
    expect(having(recorded, 'effect_ids')).toBeLessThan(50);
    const omitted = await rows('omitted');
    expect(having(omitted, 'hashtag_names')).toBeLessThan(100);
    expect(having(omitted, 'is_stem_verified')).toBeLessThan(100);
    const nothing = await client.videos({ query: peruQuery, start_date: '20230101', end_date: '20230101' });
    expect(Object.keys(nothing.data)).toEqual(['cursor', 'has_more', 'search_id']);
    const present = await rows('present');
    for (const field of fields.split(',')) expect(having(present, field)).toBe(100);
    server.configure({ emptyFields: 'recorded' });
  });

  it('have a bare number as id, under either name', async () => {
    server.configure({ idName: 'video_id' });
    const { text } = await client.videos({ query: peruQuery, start_date: '20221201', end_date: '20221201' });
    expect(text).toMatch(/"video_id":7\d{18}\}/);
    server.configure({ idName: 'id' });
  });
});
