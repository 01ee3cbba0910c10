import { type ModelPurpose, modelPurposes } from '../activities/models/check/model-purpose.ts';
import type { ClientPool } from '../activities/models/client-pool.ts';
import type { Declaration } from '../datasets/declaration/declaration.ts';
import { type Price, priceOf, type PriceTable } from '../datasets/prices/price-table.ts';

/** One declared model, as `gettok models` shows it. */
export interface ListedModel {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  readonly asks: ModelPurpose['asks'];
  readonly steps: readonly string[];
  /** Null for what runs in this program, and for a speech engine that isn't here. */
  readonly server: string | null;
  /** Variables that hold its key and the secrets of its headers. */
  readonly keys: readonly { readonly variable: string; readonly set: boolean }[];
  /** US dollars for a million tokens, or for a minute of audio; null where it isn't known, and where nobody is paid. */
  readonly price_usd: Price | null;
  readonly requests_per_minute: number | null;
  readonly tokens_per_minute: number | null;
}

export interface ListingTools {
  readonly clients: ClientPool;
  readonly prices: PriceTable;
  readonly isSet: (variable: string) => boolean;
}

/** The models of a declaration, without a request to any. */
export const listedModels = (declaration: Declaration, { clients, prices, isSet }: ListingTools): ListedModel[] =>
  modelPurposes(declaration).map(({ model, asks, steps }) => {
    const address = model.provider === 'baseline' ? null : clients.addressOf(model);
    const variables = [address?.keyVariable ?? [], Object.values(model.headers_env ?? {})].flat();
    return {
      name: model.name,
      provider: model.provider,
      model: model.model,
      asks,
      steps,
      server: address?.url ?? null,
      keys: variables.map((variable) => ({ variable, set: isSet(variable) })),
      price_usd: model.provider === 'openai' ? priceOf(prices, model) : null,
      requests_per_minute: model.requests_per_minute ?? null,
      tokens_per_minute: model.tokens_per_minute ?? null,
    };
  });
