/** Keeps the requests of a worker to one endpoint and model within what the provider allows and what helps. */
export interface PaceKeeper {
  /**
   * Waits for a free slot, and until the limits allow a request of so many tokens. `first` goes before those that wait:
   * for a request that is tried again. Rejects with the signal's reason when aborted while it waits, and with
   * `LongPauseError` when the provider wants a longer pause than `longestPauseMs`.
   */
  take(tokens: number, options: TakeOptions): Promise<Slot>;
  readonly state: PaceState;
}

export interface TakeOptions {
  readonly signal: AbortSignal;
  readonly first?: boolean;
  /**
   * Before those of a higher number, in the order they come among those of the same: a partition that was begun first is
   * finished first, and the next is at work while its files are written.
   */
  readonly order?: number;
  /** How long a pause is waited for here; any when left out. */
  readonly longestPauseMs?: number;
}

/** One request under way. Disposing releases the slot, once; it may be held longer than the provider takes. */
export interface Slot extends Disposable {
  /** A response came, whatever its status. Call it when it is there: the time until then is the provider's. */
  answered(response: { readonly status: number; readonly headers: Headers }): void;
  /** None came: time-out or broken connection. */
  lost(): void;
}

export interface PaceState {
  /** Slots that are held. */
  readonly inFlight: number;
  /** How many may be, at present. */
  readonly concurrency: number;
  readonly waiting: number;
  /** Those who wait do so for a limit or a pause of the provider, and not for one of our own slots. */
  readonly heldByTime: boolean;
  /** Epoch milliseconds; nothing is sent until then. */
  readonly pausedUntilMs: number | null;
}

/** The provider asked to be left alone for longer than is waited here. */
export class LongPauseError extends Error {
  override readonly name = 'LongPauseError';
  readonly ms: number;
  constructor(ms: number) {
    super(`The provider asked to be left alone for ${Math.ceil(ms / 1000)} s.`);
    this.ms = ms;
  }
}
