import { expect, it } from 'vitest';
import { retryAfterMs, waitBeforeTry } from '../../../activities/models/retry-wait.ts';

it.each([
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after': 'Mon, 23 Nov 2026 18:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Mon, 23 Nov 2026 17:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, null],
  [{}, null],
])('reads %j', (headers, ms) => {
  expect(retryAfterMs(new Headers(headers), Date.parse('2026-11-23T18:00:00Z'))).toBe(ms);
});

it('waits what it was asked to, else longer from try to try', () => {
  expect(waitBeforeTry(5, 40)).toBe(40);
  for (const [attempt, ms] of [
    [1, 500],
    [2, 1000],
    [5, 8000],
    [9, 8000],
  ] as const) {
    expect(waitBeforeTry(attempt, null)).toBeGreaterThanOrEqual(ms * 0.75);
    expect(waitBeforeTry(attempt, null)).toBeLessThanOrEqual(ms);
  }
});
