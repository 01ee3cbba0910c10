import { describe, expect, it } from 'vitest';
import { totalFromSample } from '../../../datasets/prices/total-from-sample.ts';

describe('a total from a sample', () => {
  it('is the sum where everybody was counted', () => {
    const sample = [
      { size: 10, value: 3 },
      { size: 20, value: 8 },
    ];
    expect(totalFromSample(sample, { count: 2, size: 30 })).toEqual({ low: 11, high: 11 });
    expect(totalFromSample([], { count: 0, size: 0 })).toEqual({ low: 0, high: 0 });
  });

  it('follows the sizes, a percent to both sides where the ratio never varies', () => {
    const sample = Array.from({ length: 100 }, (_, index) => ({ size: 4 * index, value: index }));
    expect(totalFromSample(sample, { count: 1000, size: 400_000 })).toEqual({ low: 99_000, high: 101_000 });
  });

  it('is wider the more the ratio varies', () => {
    const sample = Array.from({ length: 100 }, (_, index) => ({ size: 10, value: index % 2 === 0 ? 0 : 10 }));
    const { low, high } = totalFromSample(sample, { count: 1000, size: 10_000 });
    // 4 * 1000 * sqrt(0.9 * 25.25 / 100)
    expect([low, high]).toEqual([3093, 6907]);
  });

  it('takes every item for the mean where sizes say nothing', () => {
    const sample = [1, 1, 1].map((value) => ({ size: 0, value }));
    expect(totalFromSample(sample, { count: 100, size: 0 })).toEqual({ low: 99, high: 101 });
  });
});
