import { GettokError } from '../../../manifests/gettok-error.ts';
import { dollarsText, readableDollars } from '../../../datasets/prices/dollars.ts';

/** How a run's budget stands, in billionths of a US dollar. */
export interface BudgetState {
  readonly limit: bigint;
  readonly spent: bigint;
  /** Set aside: for calls and batches that are at work, and for calls of a killed worker, whose end nobody knows. */
  readonly open: bigint;
}

/** The run has spent what it may. Stops it; the next run goes on. */
export class BudgetExhaustedError extends GettokError {
  override readonly name = 'BudgetExhaustedError';
  readonly limit: bigint;
  readonly spent: bigint;
  readonly open: bigint;
  constructor(
    { limit, spent, open }: BudgetState,
    next: { readonly what: 'call' | 'batch'; readonly ceiling: bigint },
  ) {
    const [all, used, aside, needed] = [limit, spent, open, next.ceiling].map(readableDollars);
    const setAside = open > 0n ? `, ${aside} set aside for calls whose end is unknown` : '';
    super(
      `The budget of ${all} is used up: ${used} spent${setAside}, and the next ${next.what} may cost up to ${needed}. ` +
        `Every answer until now is kept.\n${goOn(limit, next.ceiling)}`,
    );
    this.limit = limit;
    this.spent = spent;
    this.open = open;
  }
}

const CENT = 10_000_000n;

/** Each run has a budget of its own: as much again goes on, unless not even the next call fits into it. */
function goOn(limit: bigint, ceiling: bigint): string {
  const enough = ceiling <= limit ? limit : ((ceiling + CENT - 1n) / CENT) * CENT;
  return `Go on with another ${readableDollars(enough)}, or with more:  gettok run --max-usd ${dollarsText(enough)}`;
}
