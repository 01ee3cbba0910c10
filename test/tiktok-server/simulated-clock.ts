import { dayOf, type UtcDay } from './utc-day.ts';

/** What time the server takes it to be: the real one until it is set, and from there on at the same pace or not at all. */
export class SimulatedClock {
  #offsetMs = 0;
  #frozenMs: number | null = null;

  get nowMs(): number {
    return this.#frozenMs ?? Date.now() + this.#offsetMs;
  }

  get today(): UtcDay {
    return dayOf(this.nowMs);
  }

  /** An ISO time; null is the real one. */
  set(now: string | null, frozen: boolean): void {
    const ms = now === null ? Date.now() : Date.parse(now);
    if (Number.isNaN(ms)) throw new RangeError(`no time: ${now}`);
    this.#frozenMs = frozen ? ms : null;
    this.#offsetMs = ms - Date.now();
  }

  advance(ms: number): void {
    this.#offsetMs += ms;
    if (this.#frozenMs !== null) this.#frozenMs += ms;
  }
}
