import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { canonicalJson } from '../../../manifests/canonical-json.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import { runKey } from '../../../datasets/plan/run-plan.ts';
import type { BudgetState } from './budget-exhausted-error.ts';

const amount = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));
const schema = z.object({
  limit: amount,
  /** By leases that were given back, and by batches that were settled. */
  spent: amount,
  /** What workers hold, by lease. `spent` is a part of `leased`, as far as the worker has said. */
  leases: z.record(z.string(), z.object({ leased: amount, spent: amount })),
  /** Batches at a provider by name; `actual` is null until its results are in, and then it is among `spent`. */
  batches: z.record(z.string(), z.object({ leased: amount, actual: amount.nullable() })),
});
/** `runs/<run>/budget.json`. A lease that is never given back, as by a killed worker, counts as spent to the end. */
export type Ledger = z.infer<typeof schema>;

export interface BudgetLedger {
  /**
   * Changes the ledger by compare-and-swap. `decide` is asked again when another worker was faster, and when an answer got
   * lost: it has to see by the ledger that its change is made, and gives null for nothing to change. Returns the ledger in
   * force.
   */
  change(decide: (now: Ledger) => Ledger | null): Promise<Ledger>;
}

export const budgetKey = (run: string) => runKey(run, 'budget.json');

/** What nobody has taken; below 0 when calls cost more than their ceilings. */
export const leftOf = (ledger: Ledger): bigint => {
  const { limit, spent, open } = stateOf(ledger);
  return limit - spent - open;
};

export function stateOf({ limit, spent, leases, batches }: Ledger): BudgetState {
  const held = Object.values(leases);
  const waiting = Object.values(batches).filter(({ actual }) => actual === null);
  return {
    limit,
    spent: spent + sum(held.map((lease) => lease.spent)),
    open: sum(held.map(openOf)) + sum(waiting.map(({ leased }) => leased)),
  };
}

/** Nothing is open of a lease whose calls cost more than they could. */
const openOf = ({ leased, spent }: Ledger['leases'][string]) => (leased > spent ? leased - spent : 0n);
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, each) => total + each, 0n);
const parse = (bytes: Buffer): Ledger => schema.parse(JSON.parse(bytes.toString('utf8')));

/** How often the store may fail in a row, over some seconds, before a change is given up. */
const FAILURES = 9;

export function openBudgetLedger(store: ObjectStore, run: string, maxNanoUsd: bigint): BudgetLedger {
  const key = budgetKey(run);
  const none: Ledger = { limit: maxNanoUsd, spent: 0n, leases: {}, batches: {} };
  return {
    async change(decide) {
      let failures = 0;
      const failed = (error: unknown) => {
        failures += 1;
        if (failures >= FAILURES) throw error;
        return null;
      };
      for (;;) {
        const found = await store.get(key).then((object) => ({ object }), failed);
        if (found !== null) {
          const now = found.object ? parse(found.object.bytes) : none;
          const next = decide(now);
          if (next === null) return now;
          const condition = found.object ? { etag: found.object.etag } : 'absent';
          // A write that failed may have arrived all the same: the next look at the ledger tells.
          const written = await store.putIf(key, bytesOf(next), condition).catch(failed);
          if (written) return next;
          if (written === false) failures = 0;
        }
        await sleep(Math.random() * 25 * 2 ** failures);
      }
    },
  };
}

/**
 * No two writes have the same bytes, and so none the same entity tag: a write that was given up can't be carried out
 * later, by a slow network, over a ledger that happens to be as it was before it.
 */
function bytesOf({ limit, spent, leases, batches }: Ledger): Buffer {
  return Buffer.from(
    canonicalJson({
      limit: String(limit),
      spent: String(spent),
      leases: mapped(leases, (lease) => ({ leased: String(lease.leased), spent: String(lease.spent) })),
      batches: mapped(batches, ({ leased, actual }) => ({
        leased: String(leased),
        actual: actual === null ? null : String(actual),
      })),
      write: randomUUID(),
    }),
  );
}

const mapped = <T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
