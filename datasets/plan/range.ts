/** A number that isn't known before the work is done, between two bounds (both included). */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export const NONE: Range = { low: 0, high: 0 };
export const ONE: Range = { low: 1, high: 1 };

export const addRanges = (...ranges: readonly Range[]): Range => ({
  low: ranges.reduce((sum, { low }) => sum + low, 0),
  high: ranges.reduce((sum, { high }) => sum + high, 0),
});

export const timesRange = (a: Range, b: Range): Range => ({ low: a.low * b.low, high: a.high * b.high });

export const wholeRange = ({ low, high }: Range): Range => ({ low: Math.floor(low), high: Math.ceil(high) });
