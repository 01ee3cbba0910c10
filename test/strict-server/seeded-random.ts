/** Numbers that follow from a seed, so that a population is the same in every process and on every machine. */
export interface SeededRandom {
  /** From 0 (included) to 1 (excluded). */
  next(): number;
  /** An integer from 0 to `below - 1`. */
  below(below: number): number;
  chance(probability: number): boolean;
  oneOf<T>(values: readonly T[]): T;
}

/** mulberry32, which is public domain and has 32 bits of state: plenty for test data. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    oneOf: <T>(values: readonly T[]): T => {
      const picked = values[below(values.length)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
  };
}
