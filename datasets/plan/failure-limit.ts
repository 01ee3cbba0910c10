/** How many cells of one step may fail before the run stops: a share of those attempted, or a number of rows. */
export type FailureLimit = { readonly share: number } | { readonly rows: number };

/** As `--max-failures` takes it: `5%`, or `100`. */
export const failureLimitText = (limit: FailureLimit): string =>
  // Shares are decimal fractions: 0.07 * 100 is a little more than 7.
  'rows' in limit ? String(limit.rows) : `${Math.round(limit.share * 1e8) / 1e6}%`;

/** Null when the text is no such limit. */
export function parseFailureLimit(text: string): FailureLimit | null {
  const [, number, percent] = /^(\d{1,9}(?:\.\d{1,4})?)(%?)$/.exec(text) ?? [];
  if (number === undefined) return null;
  if (percent) return Number(number) <= 100 ? { share: Number(number) / 100 } : null;
  return number.includes('.') ? null : { rows: Number(number) };
}
