import { builtInPrices } from '../datasets/prices/price-table.ts';
import { loadConfiguration } from './configuration.ts';
import { clientPool } from './create-models.ts';
import { type ListedModel, listedModels } from './listed-model.ts';
import { loadDataset } from './load-dataset.ts';
import { ensureServices } from './services/ensure-services.ts';

/** The models of a dataset, with how they are asked from here. */
export async function modelsOfDataset(folder: string, set: readonly string[], startEngine: boolean) {
  const { declaration } = await loadDataset(folder, set);
  const configuration = await loadConfiguration();
  const isLocal = Object.values(declaration.models).some(({ provider }) => provider === 'local');
  const services = startEngine && isLocal ? await ensureServices(configuration, { need: ['speech'] }) : null;
  const clients = clientPool(configuration, services?.speech?.baseUrl);
  const isSet = (variable: string) =>
    configuration.secretIn(variable) !== undefined ||
    (variable === 'OPENAI_API_KEY' && configuration.openai.apiKey !== undefined);
  const tools = { clients, prices: builtInPrices };
  const models: ListedModel[] = listedModels(declaration, { ...tools, isSet });
  return { declaration, models, tools, release: () => services?.release() };
}
