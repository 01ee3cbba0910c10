import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepNowAndThen } from '../../activities/keep-now-and-then.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('keeps what is new since the last time, once at a time, and goes on when that failed', async () => {
  let made = 3;
  const kept: number[] = [];
  const endings: PromiseWithResolvers<void>[] = [];
  const keeping = keepNowAndThen(
    1000,
    () => made,
    () => {
      kept.push(made);
      endings.push(Promise.withResolvers<void>());
      return endings.at(-1)!.promise;
    },
  );
  await vi.advanceTimersByTimeAsync(5000);
  expect(kept).toEqual([]);
  made = 4;
  await vi.advanceTimersByTimeAsync(1000);
  made = 5;
  await vi.advanceTimersByTimeAsync(1000);
  expect(kept).toEqual([4]);
  endings[0]!.reject(new Error('the bucket is away'));
  await vi.advanceTimersByTimeAsync(1000);
  expect(kept).toEqual([4, 5]);

  let disposed = false;
  const disposing = keeping[Symbol.asyncDispose]().then(() => (disposed = true));
  made = 6;
  await vi.advanceTimersByTimeAsync(5000);
  expect({ kept, disposed }).toEqual({ kept: [4, 5], disposed: false });
  endings[1]!.resolve();
  await disposing;
});
