import type { BatchState } from './batch-state.ts';

/** How often a batch is looked at. */
export interface BatchPace {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Most batches of OpenAI are done long before 24 hours, few within a minute. */
export const openAIBatchPace: BatchPace = { firstMs: 60_000, longestMs: 300_000 };

const GROWTH = 1.5;

/** How long to sleep before the next look, after so many. A batch that is about to end is looked at soon. */
export function nextLookMs(
  { status }: Pick<BatchState, 'status'>,
  lookedTimes: number,
  pace = openAIBatchPace,
): number {
  const { firstMs, longestMs } = pace;
  if (status === 'finalizing' || status === 'cancelling') return firstMs;
  return Math.min(longestMs, Math.round(firstMs * GROWTH ** lookedTimes));
}
