import type { StepWaits } from '../step-waits.ts';
import { formatClock, formatCount, formatTime } from './format-number.ts';

const WHY: { readonly [code: string]: string } = {
  rate_limited: 'its rate limit',
  provider_error: 'errors, or no connection',
  timed_out: 'no answer in time',
  engine_unavailable: 'no connection',
  no_room_for_batch: 'it has too much in batches',
};

/** What a step waits for, in words: nobody should have to guess why nothing moves. */
export function renderWaits({ batch, provider, quota, held }: StepWaits): string[] {
  const words: string[] = [];
  if (batch) {
    const what = batch.batches === 1 ? 'a batch' : `${formatCount(batch.batches)} batches`;
    const size = batch.requests > 0 ? ` of ${formatCount(batch.requests)}` : '';
    const answered = batch.answered > 0 ? ` (${formatCount(batch.answered)} answered)` : '';
    words.push(`waiting for ${what}${size}${answered} at the provider, next look ${formatClock(batch.nextLookMs)}`);
  }
  if (provider) {
    const why = provider.why === null ? '' : ` (${WHY[provider.why] ?? provider.why})`;
    words.push(`waiting for the provider until ${formatClock(provider.untilMs)}${why}`);
  }
  if (quota) words.push(`the day's requests are used up: goes on at ${formatTime(quota.untilMs)}`);
  if (held) {
    const until = held.untilMs === null ? '' : ` until ${formatClock(held.untilMs)}`;
    words.push(`${formatCount(held.requests)} held back by the provider${until}`);
  }
  return words;
}
