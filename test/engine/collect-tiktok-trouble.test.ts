import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectionOf, coverageOf, type TikTokDataset, TikTokProject } from './tiktok-dataset.ts';

const SMALL = { from: '2022-12-01', to: '2022-12-10' };
const MONTH = { from: '2022-11-20', to: '2023-01-03' };

let tiktok: TikTokProject;
beforeAll(async () => {
  tiktok = await TikTokProject.start();
});
afterAll(() => tiktok?.[Symbol.asyncDispose]());

const codes = async (dataset: TikTokDataset, manifest: Parameters<TikTokDataset['log']>[0]) =>
  (await dataset.log(manifest)).map(({ code }) => code).filter((code) => code !== 'ok');

describe('access tokens', () => {
  it('are renewed before they expire', async () => {
    await using dataset = await tiktok.dataset();
    dataset.onReply = () => dataset.server.advance(50 * 60_000);
    const manifest = await dataset.collect(SMALL);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(SMALL.from, SMALL.to));
    expect(await codes(dataset, manifest)).toEqual([]);
    expect(dataset.server.counts().byEndpoint['oauth/token']).toBeGreaterThan(2);
  });

  it('that are refused in mid-run cost one request each', async () => {
    await using dataset = await tiktok.dataset();
    dataset.onReply = (nth) => {
      if (nth === 2 || nth === 5) dataset.server.expireTokens();
    };
    const manifest = await dataset.collect(SMALL);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(SMALL.from, SMALL.to));
    expect(await codes(dataset, manifest)).toEqual(['access_token_invalid', 'access_token_invalid']);
    expect(dataset.server.counts().byEndpoint).toEqual({ 'oauth/token': 3, 'video/query': 10 });
  });
});

describe('the quota of the day', () => {
  it('is waited out as often as it ends, and the run goes on where it was', async () => {
    await using dataset = await tiktok.dataset({ requestsADay: 3, searchIdLifetimeS: 864_000 });
    const manifest = await dataset.collect(SMALL);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(SMALL.from, SMALL.to));
    expect(await codes(dataset, manifest)).toEqual(['daily_quota_limit_exceeded', 'daily_quota_limit_exceeded']);
    // No page is asked for a second time, whichever day it was asked on.
    expect(dataset.used()).toBe(8);
    expect(collectionOf(manifest).requests).toBe(10);
    expect(dataset.server.counts().lostThread).toBe(0);
  });

  it('of records is one too', async () => {
    await using dataset = await tiktok.dataset({ recordsADay: 250, searchIdLifetimeS: 864_000 });
    const manifest = await dataset.collect(SMALL);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(SMALL.from, SMALL.to));
    expect(await codes(dataset, manifest)).toContain('daily_quota_limit_exceeded');
  });
});

describe('quota that ends while a search is under way', () => {
  it('is waited out, and what the API has forgotten meanwhile is asked for anew', async () => {
    await using dataset = await tiktok.dataset({ population: 'month', requestsADay: 12, searchIdLifetimeS: 600 });
    const manifest = await dataset.collect(MONTH);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(MONTH.from, MONTH.to));
    expect((await dataset.notes(manifest))['begun_again']).toBeGreaterThan(0);
  });

  it('is never used up for one request that always fails', async () => {
    await using dataset = await tiktok.dataset({
      requestsADay: 3,
      searchIdLifetimeS: 864_000,
      faults: [{ fault: { kind: 'server_error' }, times: 'always', days: ['20221203', '20221203'] }],
    });
    const manifest = await dataset.collect(SMALL);
    expect(coverageOf(manifest)).toMatchObject({ complete: 9, partial: { server_error: 1 } });
    expect((await codes(dataset, manifest)).filter((code) => code === 'internal_error').length).toBeLessThanOrEqual(8);
  });
});

describe('a search', () => {
  it.each([1, 2, 4])('whose id is called invalid %i times goes on with it', async (searchIdTries) => {
    await using dataset = await tiktok.dataset({ searchIdTries });
    const manifest = await dataset.collect(SMALL);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(SMALL.from, SMALL.to));
    expect(await dataset.notes(manifest)).toEqual({});
  });

  it('that the API forgets is begun again, and no page is taken for one of another', async () => {
    await using dataset = await tiktok.dataset({ population: 'month' });
    dataset.onReply = (nth) => {
      if (nth === 3 || nth === 17) dataset.server.expireSearchIds();
    };
    const manifest = await dataset.collect(MONTH);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(MONTH.from, MONTH.to));
    expect((await dataset.notes(manifest))['begun_again']).toBeGreaterThan(0);
    expect(coverageOf(manifest)).toMatchObject({ complete: 45 });
  });

  it('of which no id is ever valid leaves its days partial, says why, and loses no other', async () => {
    await using dataset = await tiktok.dataset({
      faults: [{ fault: { kind: 'search_id_invalid' }, times: 'always', days: ['20221203', '20221203'] }],
    });
    const manifest = await dataset.collect(SMALL);
    expect(coverageOf(manifest)).toMatchObject({ complete: 9, partial: { search_id_invalid: 1 }, not_asked: {} });
    dataset.server.reset();
    const next = await dataset.run();
    expect(await dataset.ids(next)).toEqual(dataset.expected(SMALL.from, SMALL.to));
    expect(coverageOf(next)).toMatchObject({ complete: 10 });
  });
});

describe('a day that the API never answers', () => {
  const broken = { fault: { kind: 'server_error' }, times: 'always', days: ['20221204', '20221204'] } as const;

  it('is partial, the days beside it are complete, and it is asked for when the API is mended', async () => {
    await using dataset = await tiktok.dataset({ faults: [broken] });
    const manifest = await dataset.collect(SMALL);
    const without = dataset
      .expected(SMALL.from, SMALL.to)
      .filter((id) => !dataset.expected('2022-12-04', '2022-12-04').includes(id));
    expect(await dataset.ids(manifest)).toEqual(without);
    expect(coverageOf(manifest)).toEqual({
      of: 'day',
      complete: 9,
      partial: { server_error: 1 },
      not_asked: {},
      days: [
        { from: '2022-12-01', to: '2022-12-03', status: 'complete' },
        { from: '2022-12-04', to: '2022-12-04', status: 'partial', why: 'server_error' },
        { from: '2022-12-05', to: '2022-12-10', status: 'complete' },
      ],
    });
    // Four tries of a window that has it, and four of the day: each uses quota.
    expect((await codes(dataset, manifest)).length).toBeLessThanOrEqual(8);
    // While it lasts, it costs the four tries of the day.
    dataset.used();
    expect(await dataset.ids(await dataset.run())).toEqual(without);
    expect(dataset.used()).toBe(4);
    dataset.server.reset();
    const mended = await dataset.run();
    expect(await dataset.ids(mended)).toEqual(dataset.expected(SMALL.from, SMALL.to));
    expect(coverageOf(mended)).toMatchObject({ complete: 10, partial: {} });
    for (const { facts } of dataset.server.requests)
      if (facts?.endpoint === 'video/query') expect([facts.startDate, facts.endDate]).toEqual(['20221204', '20221204']);
  });

  it('keeps the pages that came before the error', async () => {
    const later = { ...broken, days: ['20221203', '20221203'], later: true } as const;
    await using dataset = await tiktok.dataset({ faults: [later] });
    const manifest = await dataset.collect(SMALL);
    const ids = await dataset.ids(manifest);
    const all = dataset.expected(SMALL.from, SMALL.to);
    const there = new Set(ids);
    expect(ids.every((id) => all.includes(id))).toBe(true);
    const missing = all.filter((id) => !there.has(id));
    expect(missing.length).toBeGreaterThan(0);
    const ofDay = dataset.expected('2022-12-03', '2022-12-03');
    expect(missing.every((id) => ofDay.includes(id))).toBe(true);
    expect(ofDay.filter((id) => there.has(id)).length).toBe(100);
    dataset.server.reset();
    expect(await dataset.ids(await dataset.run())).toEqual(all);
  });
});

it('pages without end that have nothing are given up, and asked for anew by the next run', async () => {
  await using dataset = await tiktok.dataset({
    faults: [{ fault: { kind: 'empty_page' }, times: 'always', days: ['20221203', '20221203'] }],
  });
  await dataset.collect(SMALL);
  // A second run asks for the very window that it gave up.
  const manifest = await dataset.run();
  const { partial } = coverageOf(manifest);
  expect(Object.keys(partial)).toEqual(['empty_pages']);
  expect((await dataset.notes(manifest))['empty_page']).toBeLessThanOrEqual(15);
  for (const day of ['2022-12-01', '2022-12-10'])
    expect(await dataset.ids(manifest)).toEqual(expect.arrayContaining(dataset.expected(day, day)));
  dataset.server.reset();
  const next = await dataset.run();
  expect(await dataset.ids(next)).toEqual(dataset.expected(SMALL.from, SMALL.to));
  expect(coverageOf(next)).toMatchObject({ complete: 10, partial: {} });
});
