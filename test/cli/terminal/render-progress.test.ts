import { expect, it } from 'vitest';
import { renderSteps } from '../../../cli/follow-run.ts';
import { NO_WAITS, type StepWaits } from '../../../cli/step-waits.ts';
import { note, progressLine, type StepProgressView } from '../../../cli/terminal/render-progress.ts';

const AT = Date.parse('2026-11-23T14:05:00Z');
const view = (part: Partial<StepProgressView> = {}): StepProgressView => ({
  step: 'description',
  rows: 42_493,
  done: 13_122,
  computed: 13_122,
  reused: 0,
  skipped: {},
  failed: {},
  calls: 13_122,
  costNanoUsd: 44_610_000_000n,
  waits: NO_WAITS,
  perSecond: 38.2,
  ...part,
});
const waits = (part: Partial<StepWaits>): StepWaits => ({ ...NO_WAITS, ...part });

it('shows how fast it is, how long it takes, and what was paid of the budget', () => {
  expect(progressLine(view(), 12, 150_000_000_000n)).toBe(
    '  description   ███████▍················  13,122/42,493   38.2/s   12m 49s left   $44.61 of $150.00',
  );
});

it.each([
  [
    { batch: { batches: 1, requests: 1204, answered: 0, nextLookMs: AT } },
    'waiting for a batch of 1,204 at the provider, next look 14:05:00 UTC',
  ],
  [
    { batch: { batches: 3, requests: 1204, answered: 300, nextLookMs: AT } },
    'waiting for 3 batches of 1,204 (300 answered) at the provider, next look 14:05:00 UTC',
  ],
  [{ provider: { untilMs: AT, why: 'timed_out' } }, 'waiting for the provider until 14:05:00 UTC (no answer in time)'],
  [{ held: { requests: 412, untilMs: null } }, '412 held back by the provider'],
  [{ held: { requests: 412, untilMs: AT } }, '412 held back by the provider until 14:05:00 UTC'],
])('says what it waits for: %j', (waiting, words) => {
  expect(note(view({ perSecond: 0, waits: waits(waiting) }))).toBe(`13,122 new   $44.61   ${words}`);
});

it('waits for nothing when it is done', () => {
  const held = waits({ held: { requests: 1, untilMs: null } });
  expect(note(view({ done: 42_493, waits: held }))).toBe('13,122 new   $44.61');
});

it('sets the budget against the sum when several steps pay, and against the one that does otherwise', () => {
  const steps = [view(), view({ step: 'stance', done: 10, costNanoUsd: 1_390_000_000n, perSecond: null })];
  const texts = (views: StepProgressView[]) => renderSteps(views, 150_000_000_000n).map(({ text }) => text);
  expect(texts(steps).at(-1)).toBe('               $46.00 of $150.00 in all');
  expect(texts(steps)[0]).toMatch(/ {3}\$44\.61$/);
  expect(texts([view(), view({ step: 'stance', costNanoUsd: 0n })])[0]).toMatch(/ {3}\$44\.61 of \$150\.00$/);
  expect(renderSteps(steps, null)).toHaveLength(2);
});
