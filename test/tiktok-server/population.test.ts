import { expect, it } from 'vitest';
import { peruQuery } from './peru-query.ts';
import { TikTokServer } from './tiktok-server.ts';
import { daysBetween } from './utc-day.ts';

it('has exactly the 43,697 videos of GET-Tok in its 102 days, and others around them', async () => {
  await using server = await TikTokServer.start({ population: 'peru-2022' });
  const days = daysBetween('2022-11-20', '2023-03-01');
  const perDay = days.map((day) => server.idsOf(peruQuery, day, day).length);
  expect([days.length, perDay.reduce((sum, count) => sum + count, 0)]).toEqual([102, 43_697]);
  expect(server.videos).toHaveLength(48_697);
  expect(perDay.filter((count) => count === 0)).toHaveLength(10);
  expect(perDay.filter((count) => count > 0 && count < 10).length).toBeGreaterThan(5);
  expect(Math.max(...perDay)).toBeGreaterThan(1000);
  expect(server.idsOf(peruQuery, '2022-11-18', '2023-03-03').length).toBeGreaterThan(43_697);
  expect(server.leastRequests(peruQuery, '2022-11-20', '2023-03-01')).toBe(438);
});

it('is the same at every start', async () => {
  await using one = await TikTokServer.start({ population: 'tiny' });
  await using two = await TikTokServer.start({ population: 'tiny' });
  expect(one.videos).toEqual(two.videos);
  expect(one.idsOf(peruQuery, '2022-12-06', '2022-12-08')).toHaveLength(30);
});

it('has ids that no double holds, 25 to 41 s before the time of creation, and days that begin and end with a video', async () => {
  await using server = await TikTokServer.start({ population: 'small' });
  const lags = server.videos.map(({ id, createTime }) => createTime - Number(id >> 32n));
  expect([Math.min(...lags), Math.max(...lags)]).toEqual([25, 41]);
  expect(server.videos.filter(({ id }) => BigInt(Number(id)) === id)).toEqual([]);
  const seconds = server.videos.map(({ createTime }) => createTime % 86_400);
  expect(seconds).toEqual(expect.arrayContaining([0, 86_399]));
});

it('needs both halves of the query: neither keywords nor hashtags find all', async () => {
  await using server = await TikTokServer.start({ population: 'small' });
  const found = (or: typeof peruQuery.or = []) => server.idsOf({ ...peruQuery, or }, '2022-12-01', '2022-12-10').length;
  expect(found(peruQuery.or)).toBe(700);
  expect(found(peruQuery.or?.slice(0, 1))).toBeLessThan(600);
  expect(found(peruQuery.or?.slice(1))).toBeLessThan(600);
  expect(found()).toBeGreaterThan(700);
});
