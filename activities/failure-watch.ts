import type { FailureLimit } from '../datasets/plan/failure-limit.ts';
import { TooManyFailuresError } from './too-many-failures-error.ts';

/** Counts what fails in one worker, so that a run that goes wrong stops before it has cost much. */
export interface FailureWatch {
  /**
   * Notes that a cell was attempted: neither reused nor skipped. `code` is why it failed, null for one that didn't. Throws
   * `TooManyFailuresError` when the step has failed more often than the limit allows; without a limit it counts nothing.
   */
  note(attempt: Attempt, limit: FailureLimit | null): void;
}

export interface Attempt {
  readonly run: string;
  readonly step: string;
  readonly code: string | null;
}

interface Counts {
  attempted: number;
  readonly failed: Map<string, number>;
}

/** With fewer attempts a share says nothing: the first row may fail of 10,000. */
const FEWEST_ATTEMPTS = 20;
/** A worker goes from run to run; what it knows of those long past is dropped. */
const STEPS_KEPT = 200;

export function openFailureWatch(): FailureWatch {
  const known = new Map<string, Counts>();

  function countsOf(run: string, step: string): Counts {
    const key = `${run} ${step}`;
    const counts = known.get(key) ?? { attempted: 0, failed: new Map() };
    known.delete(key);
    known.set(key, counts);
    if (known.size > STEPS_KEPT) known.delete(known.keys().next().value!);
    return counts;
  }

  return {
    note({ run, step, code }, limit) {
      if (limit === null) return;
      const counts = countsOf(run, step);
      counts.attempted += 1;
      if (code !== null) counts.failed.set(code, (counts.failed.get(code) ?? 0) + 1);
      const failed = [...counts.failed.values()].reduce((sum, rows) => sum + rows, 0);
      if (isOver(failed, counts.attempted, limit))
        throw new TooManyFailuresError(step, { attempted: counts.attempted, failed: counts.failed }, limit);
    },
  };
}

const isOver = (failed: number, attempted: number, limit: FailureLimit): boolean =>
  'rows' in limit ? failed > limit.rows : attempted >= FEWEST_ATTEMPTS && failed > attempted * limit.share;
