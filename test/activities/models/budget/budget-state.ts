import type { BudgetState } from '../../../../activities/models/budget/budget-exhausted-error.ts';
import { openBudgetLedger, stateOf } from '../../../../activities/models/budget/budget-ledger.ts';
import type { ObjectStore } from '../../../../manifests/object-store.ts';

/** How the budget of a run stands by its ledger. */
export const budgetState = async (store: ObjectStore, run: string): Promise<BudgetState> =>
  stateOf(await openBudgetLedger(store, run, 0n).change(() => null));
