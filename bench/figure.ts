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
