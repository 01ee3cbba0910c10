import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPaceKeepers } from '../../../../activities/models/pace/create-pace-keepers.ts';
import type { PaceKeeper } from '../../../../activities/models/pace/pace-keeper.ts';
import { after, fakeTimers, type ProviderOptions, simulated, SimulatedProvider, work } from './simulated-provider.ts';

beforeEach(fakeTimers);
afterEach(() => {
  vi.useRealTimers();
});

const keeperOf = (maxConcurrency = 64, share = 1) => createPaceKeepers({ share }).of('gpt', { maxConcurrency });

const { signal } = new AbortController();
const answer = (status: number) => ({ status, headers: new Headers() });

/** Takes every slot there is, and somebody waits for one more, as while it is busy. */
async function fill(keeper: PaceKeeper) {
  const slots = await Promise.all(
    Array.from({ length: keeper.state.concurrency - keeper.state.inFlight }, () => keeper.take(1, { signal })),
  );
  const leave = new AbortController();
  keeper.take(1, { signal: leave.signal }).catch(() => {});
  leave.abort();
  return slots;
}

/** A round in which everything is answered after a second. */
async function round(keeper: PaceKeeper, status = 200) {
  const slots = await fill(keeper);
  await vi.advanceTimersByTimeAsync(1000);
  for (const slot of slots) slot.answered(answer(status));
  for (const slot of slots) slot[Symbol.dispose]();
}

it('has 64 slots after three rounds, and costs less than one per cent of a long run', async () => {
  const keeper = keeperOf();
  const provider = new SimulatedProvider({ latencyMs: 500 });
  const ms = await work(keeper, provider, { rows: 10_000 });
  expect(provider.sentMs.filter((sent) => sent >= 1500 && sent < 2000)).toHaveLength(64);
  expect(provider.mostOpen).toBe(64);
  expect(keeper.state.concurrency).toBe(64);
  const bareMs = Math.ceil(10_000 / 64) * 500;
  expect(ms / bareMs).toBeLessThan(1.01);
});

it('goes up to the declared maximum and no further', async () => {
  const few = new SimulatedProvider({ latencyMs: 500 });
  await work(keeperOf(5), few, { rows: 100 });
  expect(few.mostOpen).toBe(5);
  const many = new SimulatedProvider({ latencyMs: 500 });
  await work(keeperOf(512), many, { rows: 10_000 });
  expect(many.mostOpen).toBe(512);
});

it('grows although answers take differently long', async () => {
  // A generator of pseudo-random numbers (Numerical Recipes): answers of 0.1 to 0.9 s.
  let seed = 7;
  const latencyMs = () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return 100 + (800 * seed) / 2 ** 32;
  };
  const ms = await work(keeperOf(), new SimulatedProvider({ latencyMs }), { rows: 10_000 });
  expect(ms / ((10_000 / 64) * 500)).toBeLessThan(1.03);
});

it('grows where the time goes into what is done with the answers', async () => {
  const provider = new SimulatedProvider({ latencyMs: 1 });
  const ms = await work(keeperOf(), provider, { rows: 10_000, journalMs: 20 });
  expect(provider.mostOpen).toBe(64);
  expect(ms / ((10_000 / 64) * 21)).toBeLessThan(1.05);
});

it.each<[string, ProviderOptions, number]>([
  ['8 at a time', { latencyMs: 500, parallel: 8 }, 16],
  ['24 at a time', { latencyMs: 500, parallel: 24 }, 32],
])('does not grow beyond what a server that works on %s can use', async (_name, options, expected) => {
  const keeper = keeperOf(512);
  const provider = new SimulatedProvider(options);
  await work(keeper, provider, { rows: 2000 });
  expect(keeper.state.concurrency).toBe(expected);
  // It looks again now and then whether more helps by now.
  expect(provider.mostOpen).toBe(2 * expected);
});

it('finds how many a provider takes that refuses more, and uses them', async () => {
  const keeper = keeperOf();
  const provider = new SimulatedProvider({ latencyMs: 500, refusesAbove: 50 });
  const ms = await work(keeper, provider, { rows: 10_000 });
  expect(provider.count(200)).toBe(10_000);
  expect(provider.count(429)).toBeLessThan(150);
  expect((10_000 / 50) * 500).toBeGreaterThan(ms * 0.97);
});

it('does not grow for those who never fill the slots', async () => {
  const keeper = keeperOf();
  await work(keeper, new SimulatedProvider({ latencyMs: 500 }), { rows: 1000, atOnce: 12 });
  expect(keeper.state.concurrency).toBe(16);
});

it.each([429, 503])('falls by a quarter on %i, once for all that was sent before, and comes back', async (status) => {
  const keeper = keeperOf();
  await round(keeper);
  await round(keeper);
  expect(keeper.state.concurrency).toBe(64);
  await round(keeper, status);
  expect(keeper.state.concurrency).toBe(48);
  await round(keeper, status);
  expect(keeper.state.concurrency).toBe(36);
  for (let rounds = 0; rounds < 10; rounds += 1) await round(keeper);
  expect(keeper.state.concurrency).toBe(64);
});

it('falls when answers are lost, never under 1', async () => {
  const keeper = keeperOf();
  for (let rounds = 0; rounds < 20; rounds += 1)
    for (const slot of await fill(keeper)) {
      slot.lost();
      slot[Symbol.dispose]();
    }
  expect(keeper.state).toEqual({ inFlight: 0, concurrency: 1, waiting: 0, heldByTime: false, pausedUntilMs: null });
});

it('takes other errors for neither a reason to grow nor to fall', async () => {
  const keeper = keeperOf();
  for (const status of [400, 404, 500, 502]) await round(keeper, status);
  expect(keeper.state.concurrency).toBe(16);
});

it('keeps a slot until it is released, and releases it once', async () => {
  const keeper = keeperOf(1);
  const slot = await keeper.take(1, { signal });
  const next = keeper.take(1, { signal });
  slot.answered(answer(200));
  await simulated(after(1000, null));
  expect(keeper.state).toMatchObject({ inFlight: 1, waiting: 1 });
  slot[Symbol.dispose]();
  slot[Symbol.dispose]();
  await next;
  expect(keeper.state).toMatchObject({ inFlight: 1, waiting: 0 });
});

it('gives a worker its share of the slots, and at least one', async () => {
  const provider = new SimulatedProvider({ latencyMs: 500 });
  await work(keeperOf(64, 0.25), provider, { rows: 200 });
  expect(provider.mostOpen).toBe(16);
  const least = new SimulatedProvider({ latencyMs: 500 });
  await work(keeperOf(4, 0.1), least, { rows: 20 });
  expect(least.mostOpen).toBe(1);
});
