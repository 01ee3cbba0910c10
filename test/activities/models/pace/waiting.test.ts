import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPaceKeepers } from '../../../../activities/models/pace/create-pace-keepers.ts';
import type { PaceKeeper, Slot } from '../../../../activities/models/pace/pace-keeper.ts';
import { fakeTimers } from './simulated-provider.ts';

beforeEach(fakeTimers);
afterEach(() => {
  vi.useRealTimers();
});

const keeperOf = (limits = {}) => createPaceKeepers({ share: 1 }).of('gpt', { maxConcurrency: 1, ...limits });
const { signal } = new AbortController();

/** Takes a slot and gives it back at once; tells the order in which that was possible. */
function visit(keeper: PaceKeeper, names: string[], name: string, options = {}) {
  return keeper.take(1, { signal, ...options }).then((slot: Slot) => {
    names.push(name);
    slot[Symbol.dispose]();
  });
}

it('serves in the order of arrival, and those who try again before the others', async () => {
  const keeper = keeperOf();
  const slot = await keeper.take(1, { signal });
  const names: string[] = [];
  const all = [
    visit(keeper, names, 'a'),
    visit(keeper, names, 'b'),
    visit(keeper, names, 'again 1', { first: true }),
    visit(keeper, names, 'c'),
    visit(keeper, names, 'again 2', { first: true }),
  ];
  slot[Symbol.dispose]();
  await Promise.all(all);
  expect(names).toEqual(['again 1', 'again 2', 'a', 'b', 'c']);
});

it('lets those go who are aborted while they wait, with the reason, and keeps no slot for them', async () => {
  const keeper = keeperOf();
  const slot = await keeper.take(1, { signal });
  const cancelled = new AbortController();
  const names: string[] = [];
  const gone = visit(keeper, names, 'gone', { signal: cancelled.signal, first: true });
  const gone2 = visit(keeper, names, 'gone too', { signal: cancelled.signal });
  const again = visit(keeper, names, 'again', { first: true });
  const stays = visit(keeper, names, 'stays');
  cancelled.abort(new Error('cancelled by the run'));
  await expect(gone).rejects.toThrow('cancelled by the run');
  await expect(gone2).rejects.toThrow('cancelled by the run');
  expect(keeper.state).toMatchObject({ inFlight: 1, waiting: 2 });
  slot[Symbol.dispose]();
  await Promise.all([again, stays]);
  expect(names).toEqual(['again', 'stays']);
  expect(keeper.state).toMatchObject({ inFlight: 0, waiting: 0 });
});

it('refuses at once what is aborted already', async () => {
  const keeper = keeperOf();
  await expect(keeper.take(1, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  expect(keeper.state).toMatchObject({ inFlight: 0, waiting: 0 });
});

it('goes on with the next when a large request that was held back is aborted', async () => {
  const keeper = keeperOf({ maxConcurrency: 4, tokensPerMinute: 60_000 });
  await keeper.take(200, { signal });
  const cancelled = new AbortController();
  const large = keeper.take(100_000, { signal: cancelled.signal });
  const small = keeper.take(0, { signal });
  expect(vi.getTimerCount()).toBe(1);
  cancelled.abort(new Error('cancelled'));
  await expect(large).rejects.toThrow('cancelled');
  await vi.advanceTimersByTimeAsync(100);
  await small;
  expect(vi.getTimerCount()).toBe(0);
});

it('has one timer while time is what keeps those who wait, else none', async () => {
  const keeper = keeperOf({ maxConcurrency: 3, requestsPerMinute: 60 });
  const taken = [await keeper.take(1, { signal })];
  expect(vi.getTimerCount()).toBe(0);
  const later = Array.from({ length: 3 }, () => keeper.take(1, { signal }));
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(2001);
  // Three slots are taken: only one that is released helps now.
  expect(keeper.state).toMatchObject({ inFlight: 3, waiting: 1 });
  expect(vi.getTimerCount()).toBe(0);
  for (const slot of taken) slot[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  await Promise.all(later);
  expect(vi.getTimerCount()).toBe(0);
});

it('copes with thousands who wait with one signal, and lets all of them go', async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  const keeper = keeperOf();
  await keeper.take(1, { signal });
  const cancelled = new AbortController();
  const all = Array.from({ length: 20_000 }, () => keeper.take(1, { signal: cancelled.signal }));
  const settled = Promise.allSettled(all);
  expect(keeper.state.waiting).toBe(20_000);
  cancelled.abort(new Error('cancelled'));
  expect(new Set((await settled).map(({ status }) => status))).toEqual(new Set(['rejected']));
  expect(keeper.state).toMatchObject({ inFlight: 1, waiting: 0 });
  await new Promise(setImmediate);
  process.off('warning', warn);
  expect(warnings).toEqual([]);
});
