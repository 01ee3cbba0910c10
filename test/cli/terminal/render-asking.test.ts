import { expect, it } from 'vitest';
import type { CollectForecast } from '../../../cli/collect-forecast.ts';
import { renderAsking } from '../../../cli/terminal/render-asking.ts';

const ASKING: CollectForecast = {
  step: 'video',
  api: 'tiktok',
  requests: { low: 3, high: 19 },
  rows: { low: 238, high: 954 },
  requestsADay: 1000,
  leftToday: 1000,
  days: { low: 1, high: 1 },
};

it('says how many requests a source takes, and what is left of the day', () => {
  expect(renderAsking(ASKING)).toBe(
    "video asks TikTok's Research API with 3 to 19 requests (quota: 1,000 of 1,000 a day left today: one day)",
  );
});

it('says what a run needs that is not set', () => {
  expect(renderAsking({ ...ASKING, leftToday: null })).toBe(
    "video asks TikTok's Research API with 3 to 19 requests (quota: 1,000 a day: one day); " +
      'set TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET before a run',
  );
});
