/**
 * Tells a provider that is down from a request that it can't answer. Requests that used up their tries are cells that
 * failed as long as others are answered; when none is, the provider is down, and the work waits instead.
 */
export interface Outage {
  answered(): void;
  /** A request used up its tries. */
  exhausted(): void;
  /** It has answered before: a server that can't be reached now is down, and not missing. */
  readonly everAnswered: boolean;
  /** Requests in a row that used up their tries, since something was answered. */
  readonly inARow: number;
}

/** More requests than this in a row, and the provider counts as down. */
export const EXHAUSTED_AT_MOST = 5;

/** One a provider and model, shared by all cells of a worker. */
export function createOutages(): { of(key: string): Outage } {
  const outages = new Map<string, { inARow: number; everAnswered: boolean } & Outage>();
  return {
    of(key) {
      const outage = outages.get(key) ?? {
        inARow: 0,
        everAnswered: false,
        answered() {
          this.inARow = 0;
          this.everAnswered = true;
        },
        exhausted() {
          this.inARow += 1;
        },
      };
      outages.set(key, outage);
      return outage;
    },
  };
}
