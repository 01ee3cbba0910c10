interface PropertyOptions {
  readonly numRuns: number;
  readonly seed?: number;
  readonly path?: string;
}

/**
 * How many cases a property is tried with: few by default, so many times more with GETTOK_PROPERTY_RUNS. A failure prints its
 * seed and path; GETTOK_PROPERTY_CASE=seed/path runs that case again.
 */
export function propertyOptions(few: number): PropertyOptions {
  const { GETTOK_PROPERTY_RUNS: times = '1', GETTOK_PROPERTY_CASE: one } = process.env;
  if (one === undefined) return { numRuns: few * Number(times) };
  const [seed, path] = one.split('/');
  return { numRuns: 1, seed: Number(seed), path: path ?? '0' };
}
