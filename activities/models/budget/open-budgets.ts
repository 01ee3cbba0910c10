import { randomUUID } from 'node:crypto';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import type { Budgets } from './budget.ts';
import { openBudgetLedger } from './budget-ledger.ts';
import { openRunBudget, type RunBudget } from './run-budget.ts';

interface Shared {
  readonly budget: RunBudget;
  users: number;
}

/** Each time that a run is taken up by this worker it has a lease of its own: an old one is never written again. */
export function openBudgets({ store }: { readonly store: ObjectStore }): Budgets {
  const open = new Map<string, Shared>();
  const closing = new Map<string, Promise<void>>();

  function take(run: string, maxNanoUsd: bigint): Shared {
    const ledger = openBudgetLedger(store, run, maxNanoUsd);
    const shared = { budget: openRunBudget(ledger, randomUUID(), closing.get(run)), users: 0 };
    open.set(run, shared);
    return shared;
  }

  async function giveBack(run: string, { budget }: Shared): Promise<void> {
    open.delete(run);
    const closed = budget.close();
    const settled = closed.catch(() => {});
    closing.set(run, settled);
    try {
      await closed;
    } finally {
      if (closing.get(run) === settled) closing.delete(run);
    }
  }

  return {
    of(run, maxNanoUsd) {
      const shared = open.get(run) ?? take(run, maxNanoUsd);
      const { budget } = shared;
      shared.users += 1;
      let disposed = false;
      return {
        reserve: (ceiling) => budget.reserve(ceiling),
        lease: (name, ceiling) => budget.lease(name, ceiling),
        settle: (name, actual) => budget.settle(name, actual),
        async [Symbol.asyncDispose]() {
          if (disposed) return;
          disposed = true;
          shared.users -= 1;
          if (shared.users === 0) await giveBack(run, shared);
        },
      };
    },
  };
}
