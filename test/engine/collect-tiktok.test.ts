import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, FaultRule } from '../tiktok-server/fault.ts';
import { peruQuery } from '../tiktok-server/peru-query.ts';
import { coverageOf, TikTokProject } from './tiktok-dataset.ts';

const SMALL = { from: '2022-12-01', to: '2022-12-10' };
const MONTH = { from: '2022-11-20', to: '2023-01-03' };

let tiktok: TikTokProject;
beforeAll(async () => {
  tiktok = await TikTokProject.start();
});
afterAll(() => tiktok?.[Symbol.asyncDispose]());

describe.each(['inclusive', 'exclusive'] as const)('a period whose end_date is %s', (endDate) => {
  it('has exactly the videos of a month and a half, with few more requests than it must', async () => {
    await using dataset = await tiktok.dataset({ population: 'month', endDate });
    const manifest = await dataset.collect(MONTH);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(MONTH.from, MONTH.to));
    expect(coverageOf(manifest)).toMatchObject({ complete: 45, partial: {}, not_asked: {} });
    console.log(endDate, dataset.used(), dataset.server.leastRequests(peruQuery, MONTH.from, MONTH.to));
  });
  it('has exactly the videos of ten days, one of them without any', async () => {
    await using dataset = await tiktok.dataset({ endDate });
    const manifest = await dataset.collect(SMALL);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(SMALL.from, SMALL.to));
    expect(coverageOf(manifest)).toMatchObject({ complete: 10, partial: {}, not_asked: {} });
    console.log(endDate, dataset.used(), dataset.server.leastRequests(peruQuery, SMALL.from, SMALL.to));
  });
});
