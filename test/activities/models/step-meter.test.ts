import { expect, it } from 'vitest';
import type { Call } from '../../../datasets/call.ts';
import { createPaceKeeper } from '../../../activities/models/pace/create-pace-keeper.ts';
import { createStepMeter, NOTHING_ASKED } from '../../../activities/models/step-meter.ts';

const call = (part: Partial<Call>) =>
  ({ provider: 'openai', started_ms: 1000n, cost_nano_usd: 5n, ...part }) as unknown as Call;
const { signal } = new AbortController();

it('counts what this run has paid, and nothing that an earlier one has or that nobody does', () => {
  const meter = createStepMeter('1000');
  meter.note(call({}));
  meter.note(call({ cost_nano_usd: null }));
  meter.note(call({ started_ms: 999n }));
  meter.note(call({ provider: 'baseline' }));
  expect(meter.asking).toEqual({ ...NOTHING_ASKED, calls: 2, costNanoUsd: '5' });
});

it('takes requests for held back that wait for a limit or a next try, but not for a slot of our own', async () => {
  const meter = createStepMeter('0');
  const limited = createPaceKeeper({ maxConcurrency: 8, requestsPerMinute: 1 }, 1);
  const full = createPaceKeeper({ maxConcurrency: 1 }, 1);
  const leaving = new AbortController();
  const turn = (pace: typeof limited) => meter.inLine(pace, pace.take(1, { signal: leaving.signal })).catch(() => null);
  const [slot] = [await turn(full), await turn(limited)];
  const waits = [turn(full)];
  expect(meter.asking.waiting).toBe(0);
  waits.push(turn(limited), turn(limited));
  const next = Promise.withResolvers<void>();
  const tries = meter.betweenTries(next.promise);
  // Of one step all requests go to one model; the two paces here are for the sake of the test.
  expect(meter.asking.waiting).toBe(4);
  next.resolve();
  await tries;
  expect(meter.asking.waiting).toBe(3);
  leaving.abort();
  await Promise.all(waits);
  expect(meter.asking.waiting).toBe(0);
  slot?.[Symbol.dispose]();
});

it('tells until when the provider wants a pause', async () => {
  const meter = createStepMeter('0');
  const pace = createPaceKeeper({ maxConcurrency: 8 }, 1);
  using slot = await meter.inLine(pace, pace.take(1, { signal }));
  expect(meter.asking.pausedUntilMs).toBeNull();
  slot.answered({ status: 429, headers: new Headers({ 'retry-after': '3600' }) });
  expect(meter.asking.pausedUntilMs).toBeGreaterThan(Date.now() + 3_500_000);
});
