import { expect, it } from 'vitest';
import type { StepForecast } from '../../../datasets/plan/forecast.ts';
import type { Range } from '../../../datasets/plan/range.ts';
import { sampledForecast, type SampledRows } from '../../../datasets/plan/sampled-forecast.ts';

type Reason = readonly [why: string, rows: number, low?: number, high?: number];

/** Reasons as `why rows`, what is computed and what is reused, of a pilot of 30 rows of which so many have these reasons. */
function pilot(reasons: readonly Reason[], sample: Partial<SampledRows> & Pick<SampledRows, 'rows'>) {
  const counted = reasons.map(([why, rows, low = rows, high = rows]) => ({ why, rows, compute: { low, high } }));
  const known = counted.reduce((sum, { rows }) => sum + rows, 0);
  const whole: StepForecast = {
    step: 'stance',
    kind: 'k',
    source: false,
    rows: 30,
    compute: { low: counted.reduce((sum, { compute }) => sum + compute.low, 0), high: known },
    changes: known > 0,
    reuse: { low: 30 - known, high: 30 - counted.reduce((sum, { compute }) => sum + compute.low, 0) },
    why: counted.map(({ why }) => why),
    reasons: [...counted, { why: 'reused', rows: 30 - known, compute: { low: 0, high: 0 } }],
  };
  const found = sampledForecast(whole, { inParent: sample.rows, removed: 0, isSame: false, ...sample });
  expect(found.reasons.reduce((sum, { rows }) => sum + rows, 0)).toBe(30);
  const text = ({ low, high }: Range) => `${low} to ${high}`;
  return [found.reasons.map(({ why, rows }) => `${why} ${rows}`).join(', '), text(found.compute), text(found.reuse)];
}

it('counts the sample where one reason is that of all rows', () => {
  expect(pilot([['prompt', 30]], { rows: 7 })).toEqual(['prompt 7, not sampled 23', '7 to 7', '0 to 0']);
  expect(pilot([['prompt', 30, 0]], { rows: 7 })).toEqual(['prompt 7, not sampled 23', '0 to 7', '0 to 30']);
});

it('has bounds where the sample may hit or miss the rows', () => {
  expect(pilot([['retry', 25]], { rows: 7 })).toEqual(['retry 7, not sampled 18, reused 5', '2 to 7', '5 to 28']);
  // A larger sample: rows that the first one left out and this one may have.
  expect(pilot([['not sampled', 23]], { rows: 12 })).toEqual(['not sampled 23, reused 7', '5 to 12', '7 to 7']);
});

it('knows that none of the rows that the same sample left out before is in it', () => {
  // Of its 7 rows all but one failed: whichever are asked again, they are in it.
  expect(
    pilot(
      [
        ['not sampled', 23],
        ['retry', 6],
      ],
      { rows: 7, isSame: true },
    ),
  ).toEqual(['retry 6, not sampled 23, reused 1', '6 to 6', '1 to 1']);
});

it('counts rows of the sample that are new to the branch, and none that are gone', () => {
  const moved: readonly Reason[] = [
    ['prompt', 20],
    ['new row', 10],
  ];
  expect(pilot(moved, { rows: 7 })).toEqual(['prompt 7, not sampled 23', '7 to 7', '0 to 0']);
  expect(pilot(moved, { rows: 7, inParent: 4 })).toEqual(['prompt 4, new row 3, not sampled 23', '4 to 7', '0 to 0']);
  expect(pilot(moved, { rows: 7, removed: 2 })).toEqual(['prompt 7, not sampled 23', '5 to 7', '0 to 0']);
});
