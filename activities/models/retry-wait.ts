/** A wait longer than this is Temporal's: nothing should hold a slot of a worker for minutes. */
export const LONGEST_WAIT_MS = 20_000;

/** What a provider asks for with `retry-after-ms` or `retry-after` (seconds, or a date); null when it asks for nothing. */
export function retryAfterMs(headers: Headers | undefined, now = Date.now()): number | null {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(ms)) return Math.max(0, ms);
  const after = headers?.get('retry-after') ?? '';
  if (/^\s*\d+(\.\d+)?\s*$/.test(after)) return Number.parseFloat(after) * 1000;
  const date = Date.parse(after);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Before the next try: what the provider asked for, else 0.5, 1, 2 … 8 s, a quarter less at most. */
export const waitBeforeTry = (attempt: number, askedMs: number | null): number =>
  askedMs ?? Math.min(8000, 500 * 2 ** (attempt - 1)) * (1 - Math.random() * 0.25);
