import { describe, expect, it } from 'vitest';
import { openFailureWatch } from '../../activities/failure-watch.ts';
import type { FailureLimit } from '../../datasets/plan/failure-limit.ts';

/** How many attempts are let pass; each letter is one: `.` is fine, `x` fails. */
function passed(attempts: string, limit: FailureLimit | null, watch = openFailureWatch(), step = 'stance'): number {
  let count = 0;
  try {
    for (const attempt of attempts) {
      watch.note({ run: 'r', step, code: attempt === 'x' ? 'refused' : null }, limit);
      count += 1;
    }
  } catch {
    return count;
  }
  return count;
}

describe('a number of rows', () => {
  it.each([
    ['xx.x', 2, 3],
    ['x', 0, 0],
    ['....', 0, 4],
    ['xxx', 3, 3],
  ])('%s with at most %i', (attempts, rows, expected) => {
    expect(passed(attempts, { rows })).toBe(expected);
  });
});

describe('a share', () => {
  it.each([
    ['x'.repeat(30), 0.05, 19],
    ['x'.repeat(30), 1, 30],
    [`x${'.'.repeat(30)}`, 0.05, 31],
    [`xx${'.'.repeat(30)}`, 0.05, 19],
    [`x${'.'.repeat(19)}x`, 0.05, 20],
    [`x${'.'.repeat(38)}x`, 0.05, 40],
    [`${'.'.repeat(25)}x`, 0, 25],
  ])('counts from the 20th attempt on: %s with %d', (attempts, share, expected) => {
    expect(passed(attempts, { share })).toBe(expected);
  });
});

it('counts each step and each run for itself', () => {
  const watch = openFailureWatch();
  expect(passed('xx', { rows: 2 }, watch)).toBe(2);
  expect(passed('xx', { rows: 2 }, watch, 'description')).toBe(2);
  expect(() => watch.note({ run: 'other', step: 'stance', code: 'refused' }, { rows: 2 })).not.toThrow();
  expect(passed('x', { rows: 2 }, watch)).toBe(0);
});

it('lets everything pass without a limit', () => {
  expect(passed('x'.repeat(100), null)).toBe(100);
});

it('says what failed, how often, most of all for what, and what to do', () => {
  const watch = openFailureWatch();
  const limit = { share: 0.07 };
  const note = (code: string | null, times: number) => {
    for (let time = 0; time < times; time += 1) watch.note({ run: 'r', step: 'stance', code }, limit);
  };
  note(null, 1200);
  note('timed_out', 1);
  note('cut_off', 20);
  note('refused', 60);
  note('content_filtered', 2);
  expect(() => note('unparseable', 10)).toThrow(
    'stance failed for 91 of the 1,291 rows it tried here, more than --max-failures 7% allows: ' +
      'refused 60, cut_off 20, unparseable 8, 2 other codes. Every answer until now is kept.\n' +
      'Mend the cause (docs/reference/steps says what each code means), then ask again:  gettok run --retry failed\n' +
      'Or allow more:  gettok run --max-failures <more>',
  );
});
