import { expect, it } from 'vitest';
import type { StepProgress } from '../../activities/worker-services.ts';
import { NOTHING_ASKED } from '../../activities/models/step-meter.ts';
import { NO_WAITS, stepWaits } from '../../cli/step-waits.ts';

const beat = (part: Partial<StepProgress>): StepProgress => ({
  step: 'stance',
  partition: 'a',
  rows: 10,
  done: 2,
  computed: 2,
  reused: 0,
  ok: 2,
  skipped: {},
  failed: {},
  ...NOTHING_ASKED,
  ...part,
});

it('adds up what the partitions of a step wait for', () => {
  const batch = { for: 'batch', requests: 700 } as const;
  expect(
    stepWaits(
      [
        { ...batch, untilMs: 3000, answered: 30 },
        { ...batch, untilMs: 2000 },
        { for: 'provider', untilMs: 5000, why: 'timed_out' },
        { for: 'provider', untilMs: 4000, why: 'rate_limited' },
      ],
      [beat({ waiting: 3 }), beat({ waiting: 4, pausedUntilMs: 9000 }), beat({})],
    ),
  ).toEqual({
    batch: { batches: 2, requests: 1400, answered: 30, nextLookMs: 2000 },
    provider: { untilMs: 4000, why: 'rate_limited' },
    quota: null,
    held: { requests: 7, untilMs: 9000 },
  });
});

it('takes no pause for a wait when no request is held back by it', () => {
  expect(stepWaits([], [beat({ pausedUntilMs: 9000 })])).toEqual(NO_WAITS);
});
