import { blockSize } from './block-size.ts';
import type { Budget, Reservation } from './budget.ts';
import { BudgetExhaustedError } from './budget-exhausted-error.ts';
import { type BudgetLedger, type Ledger, leftOf, stateOf } from './budget-ledger.ts';

export interface RunBudget extends Budget {
  /** Gives back what isn't spent. What was reserved and never settled counts as spent. */
  close(): Promise<void>;
}

interface Waiter {
  readonly what: 'call' | 'batch';
  readonly ceiling: bigint;
  readonly grant: (reservation: Reservation) => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * One worker's part of a run's budget. It holds blocks of the ledger under one lease, out of which it reserves without a
 * write; what calls in flight set aside beyond their cost comes back to it as they end. The ledger isn't looked at before
 * `after`, when what this worker held before has been given back.
 */
export function openRunBudget(ledger: BudgetLedger, id: string, after: Promise<void> = Promise.resolve()): RunBudget {
  let held = 0n;
  let reserved = 0n;
  let spent = 0n;
  let inFlight = 0;
  let asking = false;
  /** The ledger had not enough for the first who waits: it is asked again when no call is in flight. */
  let dry = false;
  let everAsked = false;
  let closed = false;
  const waiting: Waiter[] = [];
  /** Changes of our own lease, one after the other, so that what the ledger says of it is what we hold. */
  let writing: Promise<unknown> = after;

  const free = () => held - reserved - spent;

  function change(decide: (now: Ledger) => Ledger | null): Promise<Ledger> {
    everAsked = true;
    const changed = writing.then(async () => {
      const now = await ledger.change(decide);
      held = now.leases[id]?.leased ?? 0n;
      return now;
    });
    writing = changed.catch(() => {});
    return changed;
  }

  const withLease = (now: Ledger, leased: bigint): Ledger => ({
    ...now,
    leases: { ...now.leases, [id]: { leased, spent } },
  });
  const ours = (now: Ledger) => now.leases[id]?.leased ?? 0n;

  function grant({ ceiling, grant: granted }: Waiter): void {
    reserved += ceiling;
    inFlight += 1;
    let settled = false;
    granted({
      settle(actual) {
        if (settled || closed) return;
        settled = true;
        reserved -= ceiling;
        spent += actual;
        inFlight -= 1;
        serve();
      },
    });
  }

  /** Lets through whom the money is there for, in order; whoever it is enough for once the ledger is dry. */
  function letThrough(): void {
    for (let at = 0; at < waiting.length;) {
      if (waiting[at]!.ceiling <= free()) grant(waiting.splice(at, 1)[0]!);
      else if (dry) at += 1;
      else break;
    }
  }

  function serve(): void {
    letThrough();
    if (waiting.length > 0 && !asking && !(dry && inFlight > 0)) void takeBlock();
  }

  async function takeBlock(): Promise<void> {
    asking = true;
    const alone = inFlight === 0;
    let enough = false;
    try {
      const now = await change((seen) => {
        // An earlier write whose answer got lost may have brought more than we knew.
        const block = ours(seen) > held ? 0n : blockSize(lacking(), leftOf(seen), seen.limit);
        enough = ours(seen) > held || block > 0n;
        return block === 0n ? null : withLease(seen, held + block);
      });
      dry = !enough;
      letThrough();
      // With no call in flight, then or now, nothing can bring anything back.
      if (dry && alone && inFlight === 0) refuseAll((waiter) => exhausted(now, waiter));
    } catch (error) {
      refuseAll(() => error);
    } finally {
      asking = false;
    }
    serve();
  }

  /** What is lacking for the first who waits, for the first two, and so on. */
  function lacking(): bigint[] {
    let total = -free();
    return waiting.map(({ ceiling }) => (total += ceiling));
  }

  function refuseAll(reason: (waiter: Waiter) => unknown): void {
    for (const waiter of waiting.splice(0)) waiter.refuse(reason(waiter));
  }

  function exhausted(now: Ledger, waiter: Waiter): BudgetExhaustedError {
    const { [id]: _ours, ...leases } = now.leases;
    const others = stateOf({ ...now, leases });
    const state = { ...others, spent: others.spent + spent, open: others.open + reserved };
    return new BudgetExhaustedError(state, waiter);
  }

  function reserve(ceiling: bigint, what: Waiter['what']): Promise<Reservation> {
    if (closed) return Promise.reject(new Error('The budget was closed before a call reserved of it.'));
    return new Promise((granted, refuse) => {
      waiting.push({ what, ceiling, grant: granted, refuse });
      serve();
    });
  }

  return {
    reserve: (ceiling) => reserve(ceiling, 'call'),

    async lease(name, ceiling) {
      const known = await change(() => null);
      if (known.batches[name]) return;
      const reservation = await reserve(ceiling, 'batch');
      await change((now) =>
        now.batches[name]
          ? null
          : {
              ...withLease(now, ours(now) - ceiling),
              batches: { ...now.batches, [name]: { leased: ceiling, actual: null } },
            },
      );
      // The ledger has it now, or somebody else's lease of this name.
      reservation.settle(0n);
    },

    async settle(name, actual) {
      await change((now) => {
        const batch = now.batches[name];
        if (!batch) throw new Error(`No batch ${name} was leased of this budget.`);
        if (batch.actual !== null) return null;
        return { ...now, spent: now.spent + actual, batches: { ...now.batches, [name]: { ...batch, actual } } };
      });
      dry = false;
      serve();
    },

    async close() {
      if (closed) return;
      closed = true;
      refuseAll(() => new Error('The budget was closed while a call waited for it.'));
      await writing;
      if (!everAsked) return;
      await change((now) => {
        const { [id]: lease, ...leases } = now.leases;
        return lease ? { ...now, spent: now.spent + spent + reserved, leases } : null;
      });
    },
  };
}
