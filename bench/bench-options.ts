/** What `npm run bench` was asked. */
export interface BenchOptions {
  /** Rows of the datasets whose size can be chosen. */
  readonly rows: number;
}
