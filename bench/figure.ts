/** One line of the table that `npm run bench` prints. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly aim: string;
  readonly baseline: string;
  readonly ratio: string;
  /** Whether the aim was reached. */
  readonly met: boolean;
}

/** Seconds of some work, wall clock. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Median seconds over several runs. */
export async function medianSeconds(runs: number, work: () => Promise<unknown>): Promise<number> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) seconds.push(await timed(work));
  return median(seconds);
}

/** Medians of two works measured by turns, so that what else the machine does weighs on both, and of their ratios. */
export async function medianPairs(
  pairs: number,
  work: () => Promise<unknown>,
  baseline: () => Promise<unknown>,
): Promise<{ readonly seconds: number; readonly baseline: number; readonly ratio: number }> {
  const measured: { readonly seconds: number; readonly baseline: number }[] = [];
  for (let pair = 0; pair < pairs; pair += 1)
    measured.push({ baseline: await timed(baseline), seconds: await timed(work) });
  return {
    seconds: median(measured.map(({ seconds }) => seconds)),
    baseline: median(measured.map((pair) => pair.baseline)),
    ratio: median(measured.map((pair) => pair.seconds / pair.baseline)),
  };
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

export const secondsFigure = (
  what: string,
  seconds: number,
  aimS: number,
  baseline: { readonly what: string; readonly seconds: number },
): Figure => ({
  what,
  measured: `${seconds.toFixed(2)} s`,
  aim: `< ${aimS} s`,
  baseline: `${baseline.what} ${baseline.seconds.toFixed(2)} s`,
  ratio: (seconds / baseline.seconds).toFixed(1),
  met: seconds < aimS,
});
