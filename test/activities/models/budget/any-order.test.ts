import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BudgetExhaustedError } from '../../../../activities/models/budget/budget-exhausted-error.ts';
import { openBudgets } from '../../../../activities/models/budget/open-budgets.ts';
import type { ObjectStore } from '../../../../manifests/object-store.ts';
import { memoryStore } from '../../memory-store.ts';
import { budgetState } from './budget-state.ts';

interface Work {
  readonly calls: readonly { readonly ceiling: number; readonly percent: number }[];
  readonly atOnce: number;
  /** The worker is killed when so many calls have ended. */
  readonly killedAfter: number | null;
}

const work = fc.record({
  calls: fc.array(fc.record({ ceiling: fc.integer({ min: 1, max: 60 }), percent: fc.integer({ min: 0, max: 100 }) }), {
    maxLength: 12,
  }),
  atOnce: fc.integer({ min: 1, max: 4 }),
  killedAfter: fc.option(fc.nat(11)),
});

/** A store whose every answer comes when the scheduler says, that loses the answers of some writes, and of the dead all. */
function scheduledStore(
  inner: ObjectStore,
  scheduler: fc.Scheduler,
  lost: Iterator<boolean>,
  isDead: () => boolean,
): ObjectStore {
  const answer = async <T>(value: T): Promise<T> => {
    await scheduler.schedule(Promise.resolve());
    return isDead() ? new Promise(() => {}) : value;
  };
  return {
    ...inner,
    get: async (key) => answer(await answer(inner.get(key))),
    async putIf(key, bytes, condition) {
      await answer(null);
      const written = await inner.putIf(key, bytes, condition);
      if (await answer(lost.next().value === true)) throw new Error('the connection was closed');
      return written;
    },
  };
}

it('is never exceeded, whatever the order of things, whoever is killed and whichever answers get lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(work, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 600 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 5 }).map((n) => n === 0)),
      async (scheduler, workers, limit, lost) => {
        const store = memoryStore();
        let spent = 0n;
        let killed = 0;

        const worker = async ({ calls, atOnce, killedAfter }: Work): Promise<void> => {
          let dead = false;
          let ended = 0;
          const death = Promise.withResolvers<void>();
          const own = scheduledStore(store, scheduler, lost, () => dead);
          const budget = openBudgets({ store: own }).of('r', BigInt(limit));
          const waiting = [...calls];
          const caller = async () => {
            for (let call = waiting.shift(); call; call = waiting.shift()) {
              const reservation = await budget.reserve(BigInt(call.ceiling)).catch((error: unknown) => {
                if (!(error instanceof BudgetExhaustedError)) throw error;
                return null;
              });
              if (dead || reservation === null) return;
              // It is paid for from the moment it is sent, whether or not anybody lives to see its answer.
              const actual = BigInt(Math.floor((call.ceiling * call.percent) / 100));
              spent += actual;
              expect(spent).toBeLessThanOrEqual(BigInt(limit));
              await scheduler.schedule(Promise.resolve());
              if (dead) return;
              if (ended === killedAfter) {
                dead = true;
                killed += 1;
                death.resolve();
                return;
              }
              reservation.settle(actual);
              ended += 1;
            }
          };
          const alive = Promise.all(Array.from({ length: atOnce }, caller)).then(async () => {
            if (!dead) await budget[Symbol.asyncDispose]();
          });
          await Promise.race([alive, death.promise]);
        };

        await scheduler.waitFor(Promise.all(workers.map(worker)));
        const state = await budgetState(store, 'r');
        if (killed === 0) expect(state).toMatchObject({ spent, open: 0n });
        else {
          expect(state.spent + state.open).toBeGreaterThanOrEqual(spent);
          expect(state.spent + state.open).toBeLessThanOrEqual(BigInt(limit));
        }
      },
    ),
    { numRuns: 150 },
  );
});
