/** One combination of labels and how many rows have it: all that nominal statistics need to know of a dataset. */
export interface LabelPattern {
  /** One a side, in their order; null where the side has none. */
  readonly labels: readonly (string | null)[];
  readonly rows: number;
}
