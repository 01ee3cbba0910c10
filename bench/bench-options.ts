/** What `npm run bench` was asked. */
export interface BenchOptions {
  /** Rows of the datasets whose size can be chosen. */
  readonly rows: number;
  /** How often a figure and its baseline are measured by turns, where each takes seconds. */
  readonly pairs: number;
}
