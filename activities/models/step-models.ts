import pLimit from 'p-limit';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { Database } from '../../datasets/parquet/database.ts';
import { modelOf } from '../../datasets/plan/cost-forecast.ts';
import type { PlannedStep, RunPlan } from '../../datasets/plan/run-plan.ts';
import type { PriceTable } from '../../datasets/prices/price-table.ts';
import { type AnswerBook, openAnswerBook } from './answers/answer-book.ts';
import { answerFamily } from './answers/answer-index.ts';
import { type DeferredRequests, deferredRequests } from './batch/deferred-requests.ts';
import type { BatchPace } from './batch/next-look-ms.ts';
import { type CollectedBatches, NO_BATCHES, openStepBatches, type StepBatches } from './batch/step-batches.ts';
import type { Budgets } from './budget/budget.ts';
import type { Asked } from './call-of-answer.ts';
import { askedCeiling } from './asked-ceiling.ts';
import type { ClientPool, Endpoint } from './client-pool.ts';
import { type AskingCell, createModelCalls, type SetAside } from './create-model-calls.ts';
import type { ModelCalls } from './model-calls.ts';
import { createOutages, type Outage } from './outage.ts';
import type { PaceKeepers } from './pace/create-pace-keepers.ts';
import { paceLimits } from './pace/pace-limits.ts';
import { createStepMeter, type StepMeter } from './step-meter.ts';

/** The models of a worker, as its steps open them. */
export interface Models {
  open(work: StepWork): StepModels;
  /** Whether the server that a step asks answers at all, though it may not answer questions. */
  isThere(step: PlannedStep): Promise<boolean>;
}

/** One step of one partition of a run. */
export interface StepWork {
  readonly plan: Pick<RunPlan, 'dataset' | 'run' | 'startedAt' | 'maxNanoUsd' | 'batch'>;
  readonly step: PlannedStep;
  readonly partition: string;
  /** Partitions in which its rows may have been before; null is any. */
  readonly partitions: readonly (string | null)[];
  /** Whether a provider that answers nobody is waited for; else its cells fail. */
  readonly isPatient: boolean;
  /** How often its requests have gone out as batches. */
  readonly rounds: number;
}

/** What the cells of one step partition share in asking models. Disposing gives back what is left of the budget. */
export interface StepModels extends AsyncDisposable {
  readonly book: AnswerBook;
  readonly batches: StepBatches;
  readonly meter: StepMeter;
  /** Which requests go, or went, with a batch: to be called before the first cell. */
  deferring(collected: CollectedBatches): DeferredRequests;
  forCell(cell: AskingCell): ModelCalls;
  /** Whether nothing was answered since the last request that used up its tries. */
  isSilent(): boolean;
}

export interface ModelsOptions {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly database: Database;
  readonly clients: ClientPool;
  readonly paces: PaceKeepers;
  readonly budgets: Budgets;
  readonly prices: PriceTable;
  /** The project's id. */
  readonly project: string;
  readonly batchPace: BatchPace;
}

/** Whether a step's cells get answers that are kept: a baseline makes its own. */
export function asksModels(step: PlannedStep): boolean {
  const model = modelOf(step);
  return model !== null && model.provider !== 'baseline';
}

/** What is still missing after so many batches is asked for one by one. */
const BATCH_ROUNDS = 3;

export function createModels(options: ModelsOptions): Models {
  const { store, blobs, database, clients, paces, budgets, prices, project, batchPace } = options;
  const outages = createOutages();
  const oneFile = pLimit(1);
  let opened = 0;
  const keyOf = ({ model }: Asked, { url }: Endpoint) => `${url} ${model.model}`;

  return {
    async isThere(step) {
      const model = modelOf(step);
      return model !== null && (await clients.engineAvailable(model));
    },
    open({ plan, step, partition, partitions, isPatient, rounds }) {
      const { dataset, run } = plan;
      const model = modelOf(step) ?? ({ name: '', provider: 'baseline', model: '' } as const);
      const place = { dataset, step: step.name, partition, run, family: answerFamily(step, model) };
      const book = openAnswerBook({ store, blobs, database, place, partitions });
      const budget = plan.maxNanoUsd === null ? null : budgets.of(run, BigInt(plan.maxNanoUsd));
      const ceiling = (asked: Asked, batch: boolean) => askedCeiling({ step, asked, blobs, prices, batch });
      const meter = createStepMeter(plan.startedAt);
      const used = new Set<Outage>();
      const order = (opened += 1);
      let deferred = deferredRequests(NO_BATCHES, false);

      async function reserve(asked: Asked): Promise<SetAside> {
        const most = await ceiling(asked, false);
        const reservation = await budget!.reserve(most);
        return { settle: (cost) => reservation.settle(cost ?? most) };
      }

      return {
        book,
        meter,
        batches: openStepBatches({
          store,
          blobs,
          book,
          place,
          clients,
          prices,
          budget,
          project,
          pace: batchPace,
          ceiling: ({ asked }) => ceiling(asked, true),
          oneAtATime: oneFile,
        }),
        deferring: (collected) => (deferred = deferredRequests(collected, plan.batch && rounds < BATCH_ROUNDS)),
        isSilent: () => [...used].some(({ inARow }) => inARow > 0),
        forCell: (cell) =>
          createModelCalls({
            ...cell,
            blobs,
            book,
            run,
            clients,
            prices,
            deferred,
            order,
            meter,
            isPatient,
            paceOf: (asked, endpoint) => paces.of(keyOf(asked, endpoint), paceLimits(asked.model)),
            outageOf(asked, endpoint) {
              const outage = outages.of(keyOf(asked, endpoint));
              used.add(outage);
              return outage;
            },
            reserve: budget && reserve,
          }),
        [Symbol.asyncDispose]: async () => budget?.[Symbol.asyncDispose](),
      };
    },
  };
}
