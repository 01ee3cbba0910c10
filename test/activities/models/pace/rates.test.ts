import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPaceKeepers } from '../../../../activities/models/pace/create-pace-keepers.ts';
import { LongPauseError } from '../../../../activities/models/pace/pace-keeper.ts';
import type { PaceLimits } from '../../../../activities/models/pace/pace-limits.ts';
import { fakeTimers, SimulatedProvider, work } from './simulated-provider.ts';

beforeEach(fakeTimers);
afterEach(() => {
  vi.useRealTimers();
});

const keeperOf = (limits: Partial<PaceLimits> = {}, share = 1) =>
  createPaceKeepers({ share }).of('gpt', { maxConcurrency: 64, ...limits });
const { signal } = new AbortController();

/** The most that began within any one minute. */
function busiestMinute(sentMs: readonly number[]): number {
  let from = 0;
  let most = 0;
  for (const [to, ms] of sentMs.entries()) {
    while (sentMs[from]! <= ms - 60_000) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

it.each([
  ['declared', { requestsPerMinute: 6000 }, 1],
  ['learned from the answers', {}, 1],
  [
    'declared, and a provider that lets through no more than a tenth of a second at once',
    { requestsPerMinute: 6000 },
    1 / 600,
  ],
])('is at 97 per cent or more of 6,000 requests a minute: %s', async (_name, limits, burst) => {
  const provider = new SimulatedProvider({ latencyMs: 200, limits: { requestsPerMinute: 6000, burst } });
  await work(keeperOf(limits), provider, { rows: 12_000 });
  expect(provider.count(200)).toBe(12_000);
  for (const minute of [0, 1]) expect(provider.inMinute(minute)).toBeGreaterThanOrEqual(5820);
  expect(busiestMinute(provider.sentMs)).toBeLessThanOrEqual(6020);
  expect(provider.count(429)).toBeLessThan(20);
});

it('never sends more in a minute than is declared', async () => {
  const provider = new SimulatedProvider({ latencyMs: 200 });
  await work(keeperOf({ requestsPerMinute: 600 }), provider, { rows: 1800 });
  expect(busiestMinute(provider.sentMs)).toBeLessThanOrEqual(600);
  expect(provider.inMinute(1)).toBeGreaterThanOrEqual(582);
});

it.each([
  ['small', 100],
  ['larger than what may be saved up', 5000],
])('is at 97 per cent or more of the tokens a minute: requests are %s', async (_name, tokens) => {
  const limits = { tokensPerMinute: 600_000 };
  const provider = new SimulatedProvider({ latencyMs: 200, limits });
  await work(keeperOf(limits), provider, { rows: 1_800_000 / tokens, tokens });
  for (const minute of [1, 2]) expect(provider.inMinute(minute) * tokens).toBeGreaterThanOrEqual(582_000);
  expect(provider.count(429)).toBe(0);
});

it('lets a request through that is larger than a whole minute’s tokens', async () => {
  const provider = new SimulatedProvider({ latencyMs: 200 });
  const ms = await work(keeperOf({ tokensPerMinute: 1000 }), provider, { rows: 2, tokens: 3000 });
  expect(ms).toBeGreaterThan(180_000);
  expect(ms).toBeLessThan(184_000);
});

it('keeps both limits, whichever is nearer', async () => {
  const provider = new SimulatedProvider({ latencyMs: 200 });
  await work(keeperOf({ requestsPerMinute: 6000, tokensPerMinute: 60_000 }), provider, { rows: 1200, tokens: 100 });
  expect(busiestMinute(provider.sentMs)).toBeLessThanOrEqual(605);
  expect(provider.inMinute(1)).toBeGreaterThanOrEqual(582);
});

it.each([
  ['declared', { requestsPerMinute: 6000 }],
  ['learned', {}],
])('leaves to other workers their share of what is %s', async (_name, limits) => {
  const provider = new SimulatedProvider({ latencyMs: 200, limits: { requestsPerMinute: 6000 } });
  const share = 0.25;
  await work(keeperOf(limits, share), provider, { rows: 3000 });
  expect(busiestMinute(provider.sentMs)).toBeLessThanOrEqual(1520);
  expect(provider.inMinute(1)).toBeGreaterThanOrEqual(1455);
});

it('goes by the newest declaration', async () => {
  const keepers = createPaceKeepers({ share: 1 });
  const provider = new SimulatedProvider({ latencyMs: 200 });
  await work(keepers.of('gpt', { maxConcurrency: 64, requestsPerMinute: 60 }), provider, { rows: 60 });
  const ms = await work(keepers.of('gpt', { maxConcurrency: 64, requestsPerMinute: 6000 }), provider, { rows: 600 });
  expect(ms).toBeLessThan(8000);
  expect(keepers.of('gpt', { maxConcurrency: 64 })).toBe(keepers.of('gpt', { maxConcurrency: 64 }));
  expect(keepers.of('other', { maxConcurrency: 64 })).not.toBe(keepers.of('gpt', { maxConcurrency: 64 }));
});

const sentAfter = async (status: number, headers: Record<string, string>, limits: Partial<PaceLimits> = {}) => {
  const keeper = keeperOf(limits);
  using slot = await keeper.take(1, { signal });
  slot.answered({ status, headers: new Headers(headers) });
  const from = performance.now();
  const { pausedUntilMs } = keeper.state;
  const next = keeper.take(1, { signal }).then(() => performance.now() - from);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(keeper.state.pausedUntilMs).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
  return {
    waitedMs: await next,
    pausedMs: pausedUntilMs === null ? null : Math.round(pausedUntilMs - Date.now() + 3_600_000),
  };
};

it.each([
  ['retry-after-ms', 429, { 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  ['retry-after in seconds', 503, { 'retry-after': '30' }, 30_000],
  [
    'requests that are used up',
    200,
    { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6s' },
    6000,
  ],
  ['tokens that are used up', 200, { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1m' }, 60_000],
])('sends nothing until the time that the provider names by %s', async (_name, status, headers, ms) => {
  expect(await sentAfter(status, headers)).toEqual({ waitedMs: ms, pausedMs: ms });
});

it('sends nothing until the date that the provider names', async () => {
  vi.setSystemTime('2026-11-23T18:00:00Z');
  const { waitedMs } = await sentAfter(429, { 'retry-after': 'Mon, 23 Nov 2026 18:00:30 GMT' });
  expect(waitedMs).toBe(30_000);
});

it.each([
  { 'retry-after': 'soon', 'retry-after-ms': 'never' },
  { 'retry-after-ms': '-5' },
  { 'x-ratelimit-limit-requests': 'NaN', 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h' },
  { 'x-ratelimit-limit-requests': '-1', 'x-ratelimit-limit-tokens': '0' },
  { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': 'tomorrow' },
  { 'x-ratelimit-limit-requests': '1000000000', 'x-ratelimit-limit-tokens': '1000000000' },
])('is not held up by %j', async (headers) => {
  expect(await sentAfter(429, headers)).toEqual({ waitedMs: 0, pausedMs: null });
});

it('pauses no longer than a day, whatever it is told', async () => {
  const keeper = keeperOf();
  using slot = await keeper.take(1, { signal });
  slot.answered({ status: 429, headers: new Headers({ 'retry-after': '99999999999' }) });
  expect(keeper.state.pausedUntilMs! - Date.now()).toBe(86_400_000);
});

it('prefers the declared rate to the one it is told', async () => {
  const told = { 'x-ratelimit-limit-requests': '1' };
  expect(await sentAfter(200, told, { requestsPerMinute: 6000 })).toMatchObject({ waitedMs: 0 });
});

it('waits once for what many answers under way say is used up', async () => {
  const keeper = keeperOf();
  const headers = new Headers({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' });
  const slots = await Promise.all(Array.from({ length: 10 }, () => keeper.take(1, { signal })));
  const next = keeper.take(1, { signal });
  const from = performance.now();
  for (const slot of slots) {
    slot.answered({ status: 200, headers });
    slot[Symbol.dispose]();
    await vi.advanceTimersByTimeAsync(500);
  }
  await next;
  expect(keeper.state.pausedUntilMs).toBeNull();
  expect(performance.now() - from).toBe(5000);
});

it('turns away, at once and in the line, who does not wait for so long a pause', async () => {
  const keeper = keeperOf({ maxConcurrency: 1 });
  using slot = await keeper.take(1, { signal });
  const impatient = keeper.take(1, { signal, longestPauseMs: 20_000 });
  const patient = keeper.take(1, { signal, longestPauseMs: 40_000 });
  slot.answered({ status: 429, headers: new Headers({ 'retry-after': '30' }) });
  await expect(impatient).rejects.toThrow('The provider asked to be left alone for 30 s.');
  await expect(keeper.take(1, { signal, longestPauseMs: 20_000 })).rejects.toThrow(LongPauseError);
  expect(keeper.state.waiting).toBe(1);
  slot[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(30_000);
  (await patient)[Symbol.dispose]();
});
