import type { Database } from '../datasets/parquet/database.ts';
import { builtInPrices } from '../datasets/prices/price-table.ts';
import { type ClientPool, createClientPool } from '../activities/models/client-pool.ts';
import { openAIBatchPace } from '../activities/models/batch/next-look-ms.ts';
import { openBudgets } from '../activities/models/budget/open-budgets.ts';
import { createPaceKeepers } from '../activities/models/pace/create-pace-keepers.ts';
import { createModels as openModels, type Models } from '../activities/models/step-models.ts';
import type { Configuration } from './configuration.ts';
import type { Project } from './open-project.ts';

/** Clients with this machine's keys; each is made at its first use. */
export const clientPool = (configuration: Configuration, speechUrl?: string): ClientPool => {
  const { openai, speech } = configuration;
  const key = openai.apiKey?.value.reveal();
  return createClientPool({
    env: { ...configuration.environment(), ...(key !== undefined && { OPENAI_API_KEY: key }) },
    ...(openai.baseUrl && { baseUrl: openai.baseUrl.value }),
    ...((speechUrl ?? speech.baseUrl?.value) !== undefined && { localUrl: speechUrl ?? speech.baseUrl?.value }),
  });
};

/** The models of a worker, journaled in the project's bucket. */
export function createModels({ configuration, id, store, blobs }: Project, database: Database): Models {
  return openModels({
    store,
    blobs,
    database,
    clients: clientPool(configuration),
    paces: createPaceKeepers({ share: configuration.model.share.value }),
    budgets: openBudgets({ store }),
    prices: builtInPrices,
    project: id,
    batchPace: openAIBatchPace,
  });
}
