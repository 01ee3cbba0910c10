import type { Range } from '../plan/range.ts';

/** One sampled item: how large it is, which is known of all, and the value that was counted for it. */
export interface Sampled {
  readonly size: number;
  readonly value: number;
}

/** Standard errors to both sides: fewer than one sum in ten thousand lies outside, where errors are normal. */
const STANDARD_ERRORS = 4;
/** What the spread of a sample doesn't show, such as a few rows in another script. */
const SMALLEST_MARGIN = 0.01;

/**
 * Bounds for the sum of values over a population of which the sizes are known, by the ratio of values to sizes in a simple
 * random sample (Cochran, Sampling Techniques, ch. 6). A sample of everybody gives the sum itself.
 */
export function totalFromSample(
  sample: readonly Sampled[],
  population: { readonly count: number; readonly size: number },
): Range {
  const counted = sample.reduce((sum, { value }) => sum + value, 0);
  const { length } = sample;
  if (length >= population.count) return { low: counted, high: counted };
  const sizes = sample.reduce((sum, { size }) => sum + size, 0);
  // Where sizes say nothing, every item is as large as the others.
  const sizeOf = ({ size }: Sampled) => (sizes > 0 ? size : 1);
  const ratio = counted / (sizes > 0 ? sizes : length);
  const estimate = ratio * (sizes > 0 ? population.size : population.count);
  const squares = sample.reduce((sum, item) => sum + (item.value - ratio * sizeOf(item)) ** 2, 0);
  const variance = squares / Math.max(1, length - 1);
  const error = population.count * Math.sqrt(((1 - length / population.count) * variance) / length);
  const margin = Math.max(STANDARD_ERRORS * error, SMALLEST_MARGIN * estimate);
  return { low: Math.max(0, Math.floor(estimate - margin)), high: Math.ceil(estimate + margin) };
}
