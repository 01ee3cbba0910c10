/** What one answer says of one limit; null where it says nothing that makes sense. */
export interface RateLimit {
  /** Units a minute; Infinity when the provider says that there is no limit. */
  readonly perMinute: number | null;
  /** Until the provider allows any again, when nothing is left. */
  readonly exhaustedForMs: number | null;
}

/** Servers without limits send numbers of this size in place of none. */
const NO_LIMIT = 1_000_000_000;
/**
 * A longer reset belongs to an allowance a day, of which some is back long before all of it is: the refusal itself then
 * says how long to wait.
 */
const LONGEST_RESET_MS = 60_000;

/** `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, as OpenAI and those who follow it send them. */
export function rateLimitOf(headers: Headers, unit: 'requests' | 'tokens'): RateLimit {
  const limitText = headers.get(`x-ratelimit-limit-${unit}`);
  const limit = wholeNumber(limitText);
  // A limit of 0 or -1 is how some gateways say that they don't know: what they send beside it means as little.
  if (limitText !== null && !limit) return { perMinute: null, exhaustedForMs: null };
  const exhausted = wholeNumber(headers.get(`x-ratelimit-remaining-${unit}`)) === 0;
  const resetMs = exhausted ? durationMs(headers.get(`x-ratelimit-reset-${unit}`)) : null;
  return {
    perMinute: limit !== null && limit >= NO_LIMIT ? Infinity : limit,
    exhaustedForMs: resetMs === null ? null : Math.min(resetMs, LONGEST_RESET_MS),
  };
}

const DURATION =
  /^(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m(?!s))?(?:(?<s>\d+(?:\.\d+)?)s)?(?:(?<ms>\d+(?:\.\d+)?)ms)?$/;

/** `12ms`, `1.5s`, `6m0s`, `1h2m`, and seconds without a unit; null for anything else. */
export function durationMs(text: string | null): number | null {
  const written = text?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(written)) return Number(written) * 1000;
  const parts = written === '' ? null : DURATION.exec(written)?.groups;
  if (!parts) return null;
  const { d = 0, h = 0, m = 0, s = 0, ms = 0 } = parts;
  return (((Number(d) * 24 + Number(h)) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(ms);
}

const wholeNumber = (text: string | null): number | null =>
  text !== null && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : null;
