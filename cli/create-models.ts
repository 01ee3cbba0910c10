import type { Call } from '../datasets/call.ts';
import { builtInPrices } from '../datasets/prices/price-table.ts';
import { type ClientPool, createClientPool } from '../activities/models/client-pool.ts';
import { createModelCalls } from '../activities/models/create-model-calls.ts';
import type { ModelCalls } from '../activities/models/model-calls.ts';
import type { Configuration } from './configuration.ts';
import type { Project } from './open-project.ts';

/** One cell, as far as its calls to models need to know it. */
export interface AskingCell {
  readonly dataset: string;
  readonly step: string;
  readonly run: string;
  readonly id: string;
  readonly signal: AbortSignal;
  readonly askAgain: boolean;
  readonly record: (call: Call) => void;
}

export interface Models {
  forCell(cell: AskingCell): ModelCalls;
}

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
export function createModels({ configuration, store, blobs }: Project): Models {
  const clients = clientPool(configuration);
  return {
    forCell: ({ dataset, step, ...cell }) =>
      createModelCalls({
        ...cell,
        store,
        blobs,
        clients,
        rowId: cell.id,
        journalPrefix: `journal/${dataset}/${step}`,
        prices: builtInPrices,
      }),
  };
}
