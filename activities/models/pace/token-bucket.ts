const MINUTE_MS = 60_000;
/** How long a late timer or a busy event loop may hold requests up without loss: so much is saved up for afterwards. */
const BURST_MS = 250;

/**
 * So many units a minute, refilled without steps. What may be saved up is taken off the rate: no minute, wherever it
 * begins, sees more than the limit. A unit is a request or a token.
 */
export class TokenBucket {
  #perMinute = Infinity;
  #capacity = Infinity;
  #perMs = Infinity;
  #level = Infinity;
  #atMs = 0;

  /** Infinity for no limit. */
  limitTo(perMinute: number, nowMs: number): void {
    if (perMinute === this.#perMinute) return;
    this.#refill(nowMs);
    this.#perMinute = perMinute;
    this.#capacity = Math.max(1, (perMinute * BURST_MS) / MINUTE_MS);
    this.#perMs = perMinute === Infinity ? Infinity : (perMinute - (this.#capacity - 1)) / MINUTE_MS;
    this.#level = Math.min(this.#level, this.#enough);
    this.#atMs = nowMs;
  }

  /** 0 when so much may be taken now. More than the bucket ever holds is let through by half of it, and owed. */
  waitMs(amount: number, nowMs: number): number {
    if (this.#perMinute === Infinity) return 0;
    this.#refill(nowMs);
    const missing = Math.min(amount, this.#enough) - this.#level;
    return missing <= 0 ? 0 : missing / this.#perMs;
  }

  take(amount: number): void {
    this.#level -= amount;
  }

  /** The provider has none left: nothing is saved up either. */
  drain(nowMs: number): void {
    this.#refill(nowMs);
    this.#level = Math.min(this.#level, 0);
  }

  /** Half, so that the other half still saves up while a large request's turn is late. */
  get #enough(): number {
    return Math.max(1, this.#capacity / 2);
  }

  #refill(nowMs: number): void {
    if (this.#perMinute === Infinity) this.#level = Infinity;
    else this.#level = Math.min(this.#capacity, this.#level + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}
