/** What a collection will need, for the plan; null is not known before it is asked. */
export interface CollectEstimate {
  readonly requests: { readonly low: number; readonly high: number | null };
  readonly rows: { readonly low: number; readonly high: number | null };
}
