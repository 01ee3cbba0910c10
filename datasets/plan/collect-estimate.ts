/** What a collection will ask, and how many rows that gives, new or again; null is not known before it is asked. */
export interface CollectEstimate {
  readonly requests: { readonly low: number; readonly high: number | null };
  readonly rows: { readonly low: number; readonly high: number | null };
}
