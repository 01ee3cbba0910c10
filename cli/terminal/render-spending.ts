import { addCalls, NO_CALLS } from '../../datasets/step-result.ts';
import type { CallTotals } from '../../manifests/manifest.ts';
import { formatCost, formatCount, plural } from './format-number.ts';

/** What the calls behind a step's cells cost, whenever they were made, and what this run paid of it. */
export interface Spent {
  readonly calls: CallTotals;
  readonly now: CallTotals;
}

/** What all cells cost, what the run paid, and what it would have paid too if it had taken no cell over. */
export function renderSpending(spent: readonly Spent[]): string[] {
  const calls = spent.map((step) => step.calls).reduce(addCalls, NO_CALLS);
  const now = spent.map((step) => step.now).reduce(addCalls, NO_CALLS);
  if (calls.calls === 0) return [];
  const saved = spent.map((step) => takenOver(step)).reduce(addCalls, NO_CALLS);
  const reuse =
    saved.calls === 0 ? 'no call was reused' : `reuse saved ${formatPaid(saved)} (${plural(saved.calls, 'call')})`;
  return ['', `  all calls ${formatPaid(calls)} · this run paid ${formatPaid(now)} · ${reuse}`];
}

/** A run can pay for more calls than are behind its cells, never for fewer of them than none. */
function takenOver({ calls, now }: Spent): CallTotals {
  const less = (a: string, b: string) => String(BigInt(a) > BigInt(b) ? BigInt(a) - BigInt(b) : 0n);
  return {
    calls: Math.max(0, calls.calls - now.calls),
    input_tokens: less(calls.input_tokens, now.input_tokens),
    output_tokens: less(calls.output_tokens, now.output_tokens),
    cost_nano_usd: less(calls.cost_nano_usd, now.cost_nano_usd),
    unpriced_calls: Math.max(0, calls.unpriced_calls - now.unpriced_calls),
  };
}

/** `$148.02`, `$148.02 + 12 unpriced` where the price of some calls isn't known, or `price unknown`. */
export function formatPaid({ calls, cost_nano_usd: cost, unpriced_calls: unpriced }: CallTotals): string {
  if (calls > 0 && unpriced === calls) return 'price unknown';
  return `${formatCost(BigInt(cost))}${unpriced > 0 ? ` + ${formatCount(unpriced)} unpriced` : ''}`;
}
