/** An id as text, exactly: a whole number that 64 bits hold; null for anything else. */
export function videoId(value: unknown): string | null {
  const text = typeof value === 'bigint' ? String(value) : value;
  return typeof text === 'string' && /^[1-9]\d{0,18}$/.test(text) && BigInt(text) < 2n ** 63n ? text : null;
}

/** Seconds since 1970 at which a video was made, as the upper half of its id has them. */
export const secondsOfId = (id: string): bigint => BigInt(id) >> 32n;
