import { expect, it } from 'vitest';
import type { EarlierCollection } from '../../../activities/collect/collect-tools.ts';
import { estimateVideos } from '../../../activities/tiktok/estimate-videos.ts';
import type { CoveredDays } from '../../../datasets/coverage.ts';
import { NOW, videosOf } from './scripted-api.ts';

const PERIOD = { regions: ['PE'], from: '2022-12-01', to: '2022-12-10' };

const having = (days: readonly CoveredDays[], counts: readonly number[]): EarlierCollection => ({
  coverage: { of: 'day', complete: 0, partial: {}, not_asked: {}, days },
  async *rows() {
    for (const { id, second } of videosOf('2022-12-01', counts))
      yield { id, values: { create_time: BigInt(second) }, status: 'ok', errorCode: null };
  },
  completeUnits: async () => new Set<string>(),
  answeredAt: async () => new Map(),
});
const estimate = (days: readonly CoveredDays[], counts: readonly number[]) =>
  estimateVideos(PERIOD, having(days, counts), NOW, false);
const rest: CoveredDays = { from: '2022-12-06', to: '2022-12-10', status: 'not_asked', why: 'max_requests' };

it('goes by the rows of complete days alone', async () => {
  const days: readonly CoveredDays[] = [
    { from: '2022-12-01', to: '2022-12-01', status: 'complete' },
    { from: '2022-12-02', to: '2022-12-05', status: 'partial', why: 'max_requests' },
    rest,
  ];
  expect(await estimate(days, [53, 300, 0, 0, 0])).toEqual({
    requests: { low: 3, high: 19 },
    rows: { low: 238, high: 954 },
  });
});

it('counts a day that was not refreshed as the complete day that it was', async () => {
  const days: readonly CoveredDays[] = [
    { from: '2022-12-01', to: '2022-12-09', status: 'complete' },
    { from: '2022-12-10', to: '2022-12-10', status: 'partial', why: 'not_refreshed' },
  ];
  expect((await estimate(days, Array(10).fill(100))).rows).toEqual({ low: 50, high: 200 });
});

it('goes by recent days where no day is complete, and by nothing where all were cut', async () => {
  const partial = (why: string): readonly CoveredDays[] => [
    { from: '2022-12-01', to: '2022-12-05', status: 'partial', why },
    rest,
  ];
  expect((await estimate(partial('recent'), [20, 20, 20, 20, 20])).rows).toEqual({ low: 100, high: 400 });
  expect((await estimate(partial('max_requests'), [20, 20, 20, 20, 20])).requests).toEqual({ low: 1, high: null });
});
