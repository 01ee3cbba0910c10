import { afterAll, beforeEach, expect, it } from 'vitest';
import { createClientPool } from '../../../../activities/models/client-pool.ts';
import { deferredRequests } from '../../../../activities/models/batch/deferred-requests.ts';
import { NO_BATCHES } from '../../../../activities/models/batch/step-batches.ts';
import { BudgetExhaustedError } from '../../../../activities/models/budget/budget-exhausted-error.ts';
import { openBudgets } from '../../../../activities/models/budget/open-budgets.ts';
import { createModelCalls } from '../../../../activities/models/create-model-calls.ts';
import { createOutages } from '../../../../activities/models/outage.ts';
import { createPaceKeepers } from '../../../../activities/models/pace/create-pace-keepers.ts';
import { paceLimits } from '../../../../activities/models/pace/pace-limits.ts';
import { createStepMeter } from '../../../../activities/models/step-meter.ts';
import { builtInPrices } from '../../../../datasets/prices/price-table.ts';
import { sha256 } from '../../../../manifests/digest.ts';
import { OpenAIServer } from '../../../openai-server/openai-server.ts';
import { memoryStore } from '../../memory-store.ts';
import { gpt, hello, limits, ModelBench } from '../model-bench.ts';
import { budgetState } from './budget-state.ts';

const server = await OpenAIServer.start({ latencyMs: 100 });
beforeEach(() => server.reset());
afterAll(() => server.close());

const CEILING = 1_000_000n;

it('counts an answer that could not be kept as spent, so that nobody waits for its money for ever', async () => {
  await using bench = await ModelBench.start(server);
  const store = memoryStore();
  const budget = openBudgets({ store }).of('r', (CEILING * 3n) / 2n);
  const never = new AbortController().signal;
  const paces = createPaceKeepers({ share: 1 });
  const clients = createClientPool({ env: { OPENAI_API_KEY: server.apiKey }, baseUrl: server.url });
  const asking = (id: string) =>
    createModelCalls({
      id,
      cellKey: sha256(id),
      signal: never,
      waiting: never,
      ignored: new Set(),
      record: () => {},
      blobs: bench.blobs,
      book: { ...bench.step().book, record: async () => Promise.reject(new Error('the bucket is away')) },
      run: 'r',
      clients,
      prices: builtInPrices,
      paceOf: () => paces.of('gpt', paceLimits(gpt)),
      outageOf: () => createOutages().of('gpt'),
      isPatient: true,
      async reserve() {
        const reservation = await budget.reserve(CEILING);
        return { settle: (cost) => reservation.settle(cost ?? CEILING) };
      },
      deferred: deferredRequests(NO_BATCHES, false),
      order: 1,
      meter: createStepMeter('0'),
    });
  const [first, second] = await Promise.allSettled(['a', 'b'].map((id) => asking(id).ask(gpt, hello(id), limits)));
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'the bucket is away' } });
  expect(second).toMatchObject({ status: 'rejected', reason: expect.any(BudgetExhaustedError) });
  expect(server.counts().total).toBe(1);
  await budget[Symbol.asyncDispose]();
  expect(await budgetState(store, 'r')).toMatchObject({ spent: CEILING, open: 0n });
});
