/**
 * Tells a provider that is down from a request that it can't answer. Requests that used up their tries are cells that
 * failed as long as others are answered; when none is, the provider is down, and the work waits instead.
 */
export interface Outage {
  /**
   * An answer arrived then. It is told when it is durable, so maybe after later requests failed: those still count.
   */
  answered(atMs: number): void;
  /** A request used up its tries. */
  exhausted(atMs: number): void;
  /** It has answered before: a server that can't be reached now is down, and not missing. */
  readonly everAnswered: boolean;
  /** Requests in a row that used up their tries since something was answered; counted no further than an outage. */
  readonly inARow: number;
}

/** More requests than this in a row, and the provider counts as down. */
export const EXHAUSTED_AT_MOST = 5;

/** One a provider and model, shared by all cells of a worker. */
export function createOutages(): { of(key: string): Outage } {
  const outages = new Map<string, Outage>();
  return {
    of(key) {
      const outage = outages.get(key) ?? createOutage();
      outages.set(key, outage);
      return outage;
    },
  };
}

function createOutage(): Outage {
  let everAnswered = false;
  /** When requests used up their tries, the last few. */
  let exhaustedMs: readonly number[] = [];
  return {
    answered(atMs) {
      everAnswered = true;
      exhaustedMs = exhaustedMs.filter((ms) => ms >= atMs);
    },
    exhausted(atMs) {
      exhaustedMs = [...exhaustedMs, atMs].slice(-(EXHAUSTED_AT_MOST + 1));
    },
    get everAnswered() {
      return everAnswered;
    },
    get inARow() {
      return exhaustedMs.length;
    },
  };
}
