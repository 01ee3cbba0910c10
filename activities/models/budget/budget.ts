/** What a run may spend on models, as its activities in one worker see it. All amounts are billionths of a US dollar. */
export interface Budget {
  /**
   * Sets aside the most that a request can cost; takes a further block from the durable ledger when its own is used up.
   * Callers at the same time share one ledger write. Throws `BudgetExhaustedError` when neither the ledger nor a call in
   * flight can bring what is lacking.
   */
  reserve(ceiling: bigint): Promise<Reservation>;
  /** A durable lease that outlives the worker, for a batch at the provider. Once for each name. */
  lease(name: string, ceiling: bigint): Promise<void>;
  /** What a lease by name cost in the end; the difference is free again. The first amount counts. */
  settle(name: string, actual: bigint): Promise<void>;
}

export interface Reservation {
  /** What it cost in the end: 0 when nothing was billed, the ceiling when that is unknown. The first amount counts. */
  settle(actual: bigint): void;
}

/** The budgets of the runs that one worker is at. */
export interface Budgets {
  /** Shared by all activities of the run; its last user's disposal gives back, durably, what is left of its blocks. */
  of(run: string, maxNanoUsd: bigint): Budget & AsyncDisposable;
}
