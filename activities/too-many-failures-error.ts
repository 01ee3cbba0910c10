import { type FailureLimit, failureLimitText } from '../datasets/plan/failure-limit.ts';
import { GettokError } from '../manifests/gettok-error.ts';

/** How many of a step's failure codes are named. */
const NAMED = 3;

/** More rows of a step failed than `--max-failures` allows. Stops the run. */
export class TooManyFailuresError extends GettokError {
  override readonly name = 'TooManyFailuresError';
  readonly step: string;
  readonly attempted: number;
  readonly failed: ReadonlyMap<string, number>;
  constructor(
    step: string,
    { attempted, failed }: { readonly attempted: number; readonly failed: ReadonlyMap<string, number> },
    limit: FailureLimit,
  ) {
    const codes = [...failed].toSorted(([, a], [, b]) => b - a);
    const rows = codes.reduce((sum, [, count]) => sum + count, 0);
    const named = codes.slice(0, NAMED).map(([code, count]) => `${code} ${count.toLocaleString('en-US')}`);
    if (codes.length > NAMED) named.push(`${codes.length - NAMED} other codes`);
    super(
      `${step} failed for ${rows.toLocaleString('en-US')} of the ${attempted.toLocaleString('en-US')} rows it tried here, ` +
        `more than --max-failures ${failureLimitText(limit)} allows: ${named.join(', ')}. Every answer until now is kept.\n` +
        `Mend the cause (docs/reference/steps says what each code means), then ask again:  gettok run --retry failed\n` +
        `Or allow more:  gettok run --max-failures <more>`,
    );
    this.step = step;
    this.attempted = attempted;
    this.failed = failed;
  }
}
