import type { BlobStore } from '../../manifests/blob-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { Database } from '../../datasets/parquet/database.ts';
import { modelOf } from '../../datasets/plan/cost-forecast.ts';
import type { PlannedStep, RunPlan } from '../../datasets/plan/run-plan.ts';
import type { PriceTable } from '../../datasets/prices/price-table.ts';
import { type AnswerBook, openAnswerBook } from './answers/answer-book.ts';
import type { ClientPool } from './client-pool.ts';
import { type AskingCell, createModelCalls } from './create-model-calls.ts';
import type { ModelCalls } from './model-calls.ts';
import { createOutages, type Outage } from './outage.ts';
import type { PaceKeepers } from './pace/pace-keeper.ts';

/** The models of a worker, as its steps open them. */
export interface Models {
  open(work: StepWork): StepModels;
}

/** One step of one partition of a run. */
export interface StepWork {
  readonly plan: Pick<RunPlan, 'dataset' | 'run'>;
  readonly step: PlannedStep;
  readonly partition: string;
  /** Whether a provider that answers nobody is waited for; else its cells fail. */
  readonly isPatient: boolean;
  /** Partitions in which its rows may have been before; null is any. */
  readonly partitions: readonly (string | null)[];
}

/** What the cells of one step partition share in asking models. */
export interface StepModels {
  readonly book: AnswerBook;
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
  readonly prices: PriceTable;
}

/** Whether a step's cells get answers that are kept: a baseline makes its own. */
export function asksModels(step: PlannedStep): boolean {
  const model = modelOf(step);
  return model !== null && model.provider !== 'baseline';
}

export function createModels({ store, blobs, database, clients, paces, prices }: ModelsOptions): Models {
  const outages = createOutages();
  return {
    open({ plan: { dataset, run }, step, partition, partitions, isPatient }) {
      const model = modelOf(step) ?? { name: '', provider: 'baseline', model: '' };
      const family = { dataset, step, model };
      const place = { dataset, step: step.name, partition, run };
      const asked = new Set<Outage>();
      const book = openAnswerBook({ store, blobs, database, family, place, partitions });
      return {
        book,
        isSilent: () => [...asked].some(({ inARow }) => inARow > 0),
        forCell: (cell) =>
          createModelCalls({
            ...cell,
            blobs,
            book,
            run,
            clients,
            prices,
            paceOf: ({ model: asked }, endpoint) =>
              paces.of(`${endpoint.url} ${asked.model}`, {
                maxConcurrency: asked.max_concurrency ?? MAX_CONCURRENCY,
                ...(asked.requests_per_minute && { requestsPerMinute: asked.requests_per_minute }),
                ...(asked.tokens_per_minute && { tokensPerMinute: asked.tokens_per_minute }),
              }),
            outageOf({ model: { model: name } }, endpoint) {
              const outage = outages.of(`${endpoint.url} ${name}`);
              asked.add(outage);
              return outage;
            },
            isPatient,
            reserve: null,
            defer: null,
          }),
      };
    },
  };
}

const MAX_CONCURRENCY = 64;
