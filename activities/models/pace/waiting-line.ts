import type { Slot } from './pace-keeper.ts';

export interface Waiter {
  readonly tokens: number;
  readonly signal: AbortSignal;
  /** Before all that are not. */
  readonly first: boolean;
  /** Before those of a higher number. */
  readonly order: number;
  readonly longestPauseMs: number;
  readonly resolve: (slot: Slot) => void;
  readonly reject: (reason: unknown) => void;
}

interface Place {
  readonly waiter: Waiter;
  before: Place | null;
  behind: Place | null;
}

/**
 * Those who wait, in the order they came or are given. Adding, serving and leaving take the same time however many they are: a linked
 * list, and one listener a signal, for adding a listener walks along those that a signal has.
 */
export class WaitingLine {
  #head: Place | null = null;
  #tail: Place | null = null;
  #lastFirst: Place | null = null;
  #size = 0;
  readonly #bySignal = new Map<AbortSignal, { readonly places: Set<Place>; readonly leave: () => void }>();
  readonly #onLeave: () => void;

  /** `onLeave` is called after waiters whose signal was aborted have left. */
  constructor(onLeave: () => void) {
    this.#onLeave = onLeave;
  }

  get size(): number {
    return this.#size;
  }

  get head(): Waiter | null {
    return this.#head?.waiter ?? null;
  }

  add(waiter: Waiter): void {
    const before = waiter.first ? this.#lastFirst : this.#lastUpTo(waiter.order);
    const behind = before === null ? this.#head : before.behind;
    const place: Place = { waiter, before, behind };
    if (before === null) this.#head = place;
    else before.behind = place;
    if (behind === null) this.#tail = place;
    else behind.before = place;
    if (waiter.first) this.#lastFirst = place;
    this.#size += 1;
    this.#listen(place);
  }

  /** As many steps back as there wait who were begun later: a few partitions' worth. */
  #lastUpTo(order: number): Place | null {
    let place = this.#tail;
    while (place !== null && !place.waiter.first && place.waiter.order > order) place = place.before;
    return place;
  }

  removeHead(): void {
    const place = this.#head;
    if (place === null) return;
    this.#unlink(place);
    this.#forget(place);
  }

  /** Sends those away who don't wait for so long a pause. */
  turnAway(pausedMs: number, reason: unknown): void {
    for (let place = this.#head; place !== null; place = place.behind) {
      if (pausedMs <= place.waiter.longestPauseMs) continue;
      this.#unlink(place);
      this.#forget(place);
      place.waiter.reject(reason);
    }
  }

  #unlink(place: Place): void {
    const { before, behind } = place;
    if (before === null) this.#head = behind;
    else before.behind = behind;
    if (behind === null) this.#tail = before;
    else behind.before = before;
    if (this.#lastFirst === place) this.#lastFirst = before;
    this.#size -= 1;
  }

  #listen(place: Place): void {
    const { signal } = place.waiter;
    const known = this.#bySignal.get(signal);
    if (known) {
      known.places.add(place);
      return;
    }
    const places = new Set([place]);
    const leave = () => {
      this.#bySignal.delete(signal);
      for (const each of places) {
        this.#unlink(each);
        each.waiter.reject(signal.reason);
      }
      this.#onLeave();
    };
    this.#bySignal.set(signal, { places, leave });
    signal.addEventListener('abort', leave, { once: true });
  }

  #forget(place: Place): void {
    const { signal } = place.waiter;
    const known = this.#bySignal.get(signal);
    known?.places.delete(place);
    if (known?.places.size !== 0) return;
    this.#bySignal.delete(signal);
    signal.removeEventListener('abort', known.leave);
  }
}
