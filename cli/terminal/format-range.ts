import type { CostRange } from '../../datasets/plan/cost-forecast.ts';
import type { Range } from '../../datasets/plan/range.ts';
import { formatCost, formatCount } from './format-number.ts';

/** `24`, or `0–24`. */
export const formatRange = ({ low, high }: Range): string =>
  low === high ? formatCount(low) : `${formatCount(low)}–${formatCount(high)}`;

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** `61.2M`, or `0–61.2M`; bounds that look alike are one number. */
export function formatShortRange({ low, high }: Range): string {
  const [from, to] = [short.format(low), short.format(high)];
  return from === to ? to : `${from}–${to}`;
}

/** `$144.50 – 151.30`; `unknown` where no price is known. */
export function formatCostRange(cost: CostRange): string {
  if (cost === null) return 'unknown';
  const [low, high] = [formatCost(cost.low), formatCost(cost.high)];
  return low === high ? high : `${low} – ${high.slice('$'.length)}`;
}
