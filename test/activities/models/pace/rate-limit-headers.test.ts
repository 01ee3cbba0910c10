import { expect, it } from 'vitest';
import { durationMs, rateLimitOf } from '../../../../activities/models/pace/rate-limit-headers.ts';

it.each([
  ['12ms', 12],
  ['1.5s', 1500],
  ['6m0s', 360_000],
  ['1h2m', 3_720_000],
  ['1d0h0m0.5s', 86_400_500],
  ['20', 20_000],
  ['0s', 0],
  ['', null],
  ['soon', null],
  ['-5s', null],
  ['5s6m', null],
  ['2026-11-23T18:00:00Z', null],
])('reads the duration "%s"', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

const said = (limit: string | null, remaining: string | null, reset: string | null) =>
  rateLimitOf(
    new Headers(
      Object.entries({ limit, remaining, reset }).flatMap(([name, value]): [string, string][] =>
        value === null ? [] : [[`x-ratelimit-${name}-tokens`, value]],
      ),
    ),
    'tokens',
  );

it.each([
  [said('30000', '29983', '34ms'), { perMinute: 30_000, exhaustedForMs: null }],
  [said('30000', '0', '1.5s'), { perMinute: 30_000, exhaustedForMs: 1500 }],
  [said(null, '0', '10s'), { perMinute: null, exhaustedForMs: 10_000 }],
  // An allowance a day.
  [said('200', '0', '23h59m0s'), { perMinute: 200, exhaustedForMs: 60_000 }],
  [said('1000000000', '999999', '1ms'), { perMinute: Infinity, exhaustedForMs: null }],
  [said('lots', '0', '10s'), { perMinute: null, exhaustedForMs: null }],
  [said('-1', '0', '10s'), { perMinute: null, exhaustedForMs: null }],
  [said('0', '0', '10s'), { perMinute: null, exhaustedForMs: null }],
  [said('30000', 'none', '10s'), { perMinute: 30_000, exhaustedForMs: null }],
  [said('30000', '0', 'soon'), { perMinute: 30_000, exhaustedForMs: null }],
  [said(null, null, null), { perMinute: null, exhaustedForMs: null }],
])('takes what makes sense: %j', (found, expected) => {
  expect(found).toEqual(expected);
});
