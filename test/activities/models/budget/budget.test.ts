import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { openMinioStore } from '../../../../activities/minio-store.ts';
import type { Budget } from '../../../../activities/models/budget/budget.ts';
import { BudgetExhaustedError } from '../../../../activities/models/budget/budget-exhausted-error.ts';
import { budgetKey } from '../../../../activities/models/budget/budget-ledger.ts';
import { openBudgets } from '../../../../activities/models/budget/open-budgets.ts';
import type { ObjectStore } from '../../../../manifests/object-store.ts';
import { memoryStore } from '../../memory-store.ts';
import { budgetState } from './budget-state.ts';

const USD = 1_000_000_000n;

let store: ObjectStore;
beforeAll(async () => {
  store = await openMinioStore({ ...inject('services').s3, bucket: `budget-${randomBytes(4).toString('hex')}` });
});

/** Makes calls until the budget is used up; returns what they cost, all together. */
async function spendAll(budget: Budget, ceiling: bigint, cost: () => bigint, atOnce = 8): Promise<bigint> {
  let spent = 0n;
  let refused = false;
  const caller = async () => {
    while (!refused) {
      try {
        const reservation = await budget.reserve(ceiling);
        await sleep(Math.random() * 3);
        const actual = cost();
        spent += actual;
        reservation.settle(actual);
      } catch (error) {
        expect(error).toBeInstanceOf(BudgetExhaustedError);
        refused = true;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return spent;
}

/** A third of the ceiling, give or take. */
const third = (ceiling: bigint) => () => (ceiling * BigInt(25 + Math.floor(Math.random() * 16))) / 100n;

/** Counts the writes of the ledger, and lets the answers of some get lost. */
function watched(inner: ObjectStore, isLost: (write: number) => boolean = () => false) {
  let writes = 0;
  const counting: ObjectStore = {
    ...inner,
    async putIf(key, bytes, condition) {
      const written = await inner.putIf(key, bytes, condition);
      writes += 1;
      if (isLost(writes)) throw new Error('the connection was closed');
      return written;
    },
  };
  return { store: counting, writes: () => writes };
}

const ledgerOf = async (from: ObjectStore, run: string): Promise<unknown> => {
  const { write, ...ledger } = JSON.parse((await from.get(budgetKey(run)))!.bytes.toString('utf8')) as {
    write: string;
  };
  expect(write).toMatch(/^[0-9a-f-]{36}$/);
  return ledger;
};

describe('a budget', () => {
  it('is never exceeded by eight workers that race for it, and is used to nearly its end', async () => {
    const workers = Array.from({ length: 8 }, () => openBudgets({ store }));
    const spent = await pMap(workers, async (budgets) => {
      await using budget = budgets.of('r-race', USD);
      return await spendAll(budget, 1_000_000n, third(1_000_000n));
    });
    const total = spent.reduce((sum, each) => sum + each, 0n);
    expect(total).toBeLessThanOrEqual(USD);
    expect(total).toBeGreaterThanOrEqual((USD * 95n) / 100n);
    expect(await budgetState(store, 'r-race')).toEqual({ limit: USD, spent: total, open: 0n });
  });

  it('writes its ledger for less than one in a hundred calls', async () => {
    const counting = watched(store);
    await using budget = openBudgets({ store: counting.store }).of('r-writes', 10n * USD);
    let calls = 0;
    const spent = await spendAll(budget, 3_000_000n, () => ((calls += 1), 1_000_000n), 64);
    expect(spent).toBeGreaterThanOrEqual((10n * USD * 95n) / 100n);
    expect(counting.writes()).toBeLessThan(calls / 100);
  });

  it('shares one write among callers at the same time', async () => {
    const counting = watched(store);
    await using budget = openBudgets({ store: counting.store }).of('r-share', USD);
    const reservations = await Promise.all(Array.from({ length: 100 }, () => budget.reserve(9_000_000n)));
    expect(counting.writes()).toBeLessThanOrEqual(2);
    for (const reservation of reservations) reservation.settle(0n);
  });

  it('is shared by the activities of a worker, and given back by the last of them', async () => {
    const budgets = openBudgets({ store });
    const first = budgets.of('r-users', USD);
    const second = budgets.of('r-users', USD);
    (await first.reserve(20_000_000n)).settle(5_000_000n);
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    expect(await budgetState(store, 'r-users')).toEqual({ limit: USD, spent: 0n, open: 20_000_000n });
    (await second.reserve(15_000_000n)).settle(7_000_000n);
    await second[Symbol.asyncDispose]();
    expect(await ledgerOf(store, 'r-users')).toEqual({
      limit: '1000000000',
      spent: '12000000',
      leases: {},
      batches: {},
    });
  });

  it('waits for what the worker gives back before it takes the run up again', async () => {
    const budgets = openBudgets({ store });
    const before = budgets.of('r-again', USD);
    (await before.reserve(USD)).settle(0n);
    const closing = before[Symbol.asyncDispose]();
    await using again = budgets.of('r-again', USD);
    (await again.reserve(USD)).settle(USD);
    await closing;
    expect((await budgetState(store, 'r-again')).open).toBe(USD);
  });

  it('counts what a killed worker held as spent', async () => {
    const killed = openBudgets({ store }).of('r-kill', USD);
    (await killed.reserve(600_000_000n)).settle(500_000_000n);
    await killed.reserve(100_000_000n);
    await using budget = openBudgets({ store }).of('r-kill', USD);
    await expect(budget.reserve(400_000_001n)).rejects.toThrow(BudgetExhaustedError);
    (await budget.reserve(400_000_000n)).settle(400_000_000n);
    expect(await budgetState(store, 'r-kill')).toMatchObject({ limit: USD });
  });

  it('keeps most of itself through ten kills', async () => {
    for (let kill = 0; kill < 10; kill += 1) {
      const killed = openBudgets({ store }).of('r-kills', USD);
      for (let call = 0; call < 4; call += 1) await killed.reserve(1_000_000n);
    }
    await using budget = openBudgets({ store }).of('r-kills', USD);
    expect(await spendAll(budget, 1_000_000n, () => 1_000_000n)).toBeGreaterThanOrEqual((USD * 79n) / 100n);
  });

  it('counts a reservation that nobody settled at its ceiling, and hears the first amount alone', async () => {
    const budget = openBudgets({ store }).of('r-open', USD);
    const [known, unknown] = [await budget.reserve(1000n), await budget.reserve(2000n)];
    known.settle(10n);
    known.settle(900n);
    await budget[Symbol.asyncDispose]();
    unknown.settle(0n);
    expect(await budgetState(store, 'r-open')).toEqual({ limit: USD, spent: 2010n, open: 0n });
  });

  it('makes a caller wait for calls in flight before it gives up', async () => {
    await using budget = openBudgets({ store: memoryStore() }).of('r', 100n);
    const first = await budget.reserve(80n);
    const second = budget.reserve(60n);
    const last = budget.reserve(70n);
    const small = budget.reserve(10n);
    first.settle(10n);
    (await second).settle(10n);
    (await small).settle(10n);
    (await last).settle(70n);
    await expect(budget.reserve(1n)).rejects.toThrow(BudgetExhaustedError);
  });

  it('survives writes whose answers get lost', async () => {
    const flaky = watched(store, (write) => write % 3 !== 0);
    const workers = [1, 2, 3].map(() => openBudgets({ store: flaky.store }));
    const spent = await pMap(workers, async (budgets) => {
      await using budget = budgets.of('r-lost', USD);
      await budget.lease('batch-1', 100_000_000n);
      const online = await spendAll(budget, 5_000_000n, third(5_000_000n));
      await budget.settle('batch-1', 50_000_000n);
      return online;
    });
    const total = spent.reduce((sum, each) => sum + each, 50_000_000n);
    expect(total).toBeLessThanOrEqual(USD);
    expect(await budgetState(store, 'r-lost')).toEqual({ limit: USD, spent: total, open: 0n });
  });

  it('passes on that its store is gone, and is none the worse', async () => {
    const inner = memoryStore();
    let gone = false;
    const away: ObjectStore = {
      ...inner,
      get: async (key) => (gone ? Promise.reject(new Error('gone')) : inner.get(key)),
    };
    await using budget = openBudgets({ store: away }).of('r', 100n);
    gone = true;
    await expect(budget.reserve(50n)).rejects.toThrow('gone');
    gone = false;
    (await budget.reserve(100n)).settle(100n);
  });

  it('waits for a store that is slow, and sees what others took meanwhile', async () => {
    const inner = memoryStore();
    const { promise: answers, resolve: answer } = Promise.withResolvers<void>();
    let slow = true;
    const late: ObjectStore = {
      ...inner,
      async get(key) {
        const found = await inner.get(key);
        if (slow) await answers;
        return found;
      },
    };
    await using waiting = openBudgets({ store: late }).of('r', 100n);
    const [first, second] = [waiting.reserve(60n), waiting.reserve(60n)];
    await using other = openBudgets({ store: inner }).of('r', 100n);
    const taken = await other.reserve(30n);
    slow = false;
    answer();
    // It had read a ledger that nobody had taken anything of.
    const reservation = await first;
    expect(await budgetState(inner, 'r')).toEqual({ limit: 100n, spent: 0n, open: 90n });
    reservation.settle(60n);
    await expect(second).rejects.toThrow(BudgetExhaustedError);
    taken.settle(30n);
  });

  it('is asked for again when its ledger can’t be read for a moment', async () => {
    const inner = memoryStore();
    let failures = 4;
    const flaky: ObjectStore = {
      ...inner,
      get: async (key) => ((failures -= 1) >= 0 ? Promise.reject(new Error('slow down')) : inner.get(key)),
    };
    await using budget = openBudgets({ store: flaky }).of('r', 100n);
    (await budget.reserve(100n)).settle(100n);
    expect(failures).toBeLessThan(0);
  });

  it('refuses all who wait, and lets nothing through, when its ledger is no ledger', async () => {
    const inner = memoryStore();
    await inner.put(budgetKey('r'), Buffer.from('{"limit":"100","spe'));
    const budget = openBudgets({ store: inner }).of('r', 100n);
    const refused = await Promise.allSettled([budget.reserve(1n), budget.reserve(1n), budget.lease('batch', 1n)]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(budget[Symbol.asyncDispose]()).rejects.toThrow();
    await inner.remove([budgetKey('r')]);
    await using again = openBudgets({ store: inner }).of('r', 100n);
    (await again.reserve(100n)).settle(100n);
  });
});

describe('a lease by name', () => {
  it('is taken once, outlives its worker, and is settled once by any other', async () => {
    {
      await using budget = openBudgets({ store }).of('r-batch', USD);
      await budget.lease('a', 600_000_000n);
      await budget.lease('a', 600_000_000n);
    }
    const leased = {
      limit: '1000000000',
      spent: '0',
      leases: {},
      batches: { a: { leased: '600000000', actual: null } },
    };
    expect(await ledgerOf(store, 'r-batch')).toEqual(leased);
    await using other = openBudgets({ store }).of('r-batch', USD);
    await expect(other.reserve(400_000_001n)).rejects.toThrow(BudgetExhaustedError);
    await other.settle('a', 100_000_000n);
    await other.settle('a', 300_000_000n);
    await other.lease('a', 600_000_000n);
    (await other.reserve(900_000_000n)).settle(0n);
    expect(await budgetState(store, 'r-batch')).toEqual({ limit: USD, spent: 100_000_000n, open: 900_000_000n });
  });

  it('is one for all who ask for the name at the same time', async () => {
    const workers = Array.from({ length: 5 }, () => openBudgets({ store }));
    await pMap(workers, async (budgets) => {
      await using budget = budgets.of('r-batches', USD);
      await budget.lease('b', 150_000_000n);
    });
    expect(await budgetState(store, 'r-batches')).toEqual({ limit: USD, spent: 0n, open: 150_000_000n });
  });

  it('can’t be settled before it was taken', async () => {
    await using budget = openBudgets({ store: memoryStore() }).of('r', USD);
    await expect(budget.settle('c', 1n)).rejects.toThrow('No batch c was leased of this budget.');
  });
});

describe('the error of a budget that is used up', () => {
  const refusal = async (budget: Budget, ceiling: bigint) =>
    budget.reserve(ceiling).catch((error: Error) => error.message);

  it('says what was spent, what is set aside, and how to go on', async () => {
    const inner = memoryStore();
    await openBudgets({ store: inner })
      .of('r', 5n * USD)
      .reserve(10_000_000n);
    await using budget = openBudgets({ store: inner }).of('r', 5n * USD);
    (await budget.reserve(4_900_000_000n)).settle(4_880_000_000n);
    expect(await refusal(budget, 21_000_000n)).toBe(
      'The budget of $5.00 is used up: $4.88 spent, $0.10 set aside for calls whose end is unknown, and the next call may cost up to $0.021. ' +
        'Every answer until now is kept.\nGo on with another $5.00, or with more:  gettok run --max-usd 5',
    );
  });

  it('speaks of a batch where it is one', async () => {
    await using budget = openBudgets({ store: memoryStore() }).of('r', 5n * USD);
    await expect(budget.lease('batch', 6n * USD)).rejects.toThrow(
      'The budget of $5.00 is used up: $0.00 spent, and the next batch may cost up to $6.00. ' +
        'Every answer until now is kept.\nGo on with another $6.00, or with more:  gettok run --max-usd 6',
    );
  });
});
