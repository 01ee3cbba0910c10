import { z } from 'zod';
import type { Model } from '../step-kind.ts';
import prices from './prices.json' with { type: 'json' };

/** US dollars for a million tokens, or for a minute of audio. Null is "not known". */
export interface Price {
  readonly input: number | null;
  readonly cachedInput: number | null;
  readonly output: number | null;
  readonly audioMinute: number | null;
}

/** Prices by the names of models as OpenAI has them. */
export type PriceTable = ReadonlyMap<string, Price>;

/** What one request used; null is "not stated". Cached tokens are among the input tokens. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly audioSeconds: number | null;
}

const dollars = z.number().nonnegative().nullable().default(null);
const file = z.object({
  sources: z.record(z.string(), z.object({ url: z.url(), read: z.iso.date(), note: z.string() })),
  models: z.array(
    z.strictObject({
      names: z.array(z.string()).min(1),
      input: dollars,
      cached_input: dollars,
      output: dollars,
      audio_minute: dollars,
      source: z.string(),
      checked: z.iso.date().nullable(),
    }),
  ),
});

/** The prices that come with the program, each with its source and date in `prices.json`. */
export const builtInPrices: PriceTable = new Map(
  file.parse(prices).models.flatMap(({ names, ...model }) => {
    const price: Price = {
      input: model.input,
      cachedInput: model.cached_input,
      output: model.output,
      audioMinute: model.audio_minute,
    };
    return names.map((name): [string, Price] => [name, price]);
  }),
);

/**
 * What the Batch API asks of the standard price, input and output alike.
 * OpenAI's help centre on the Batch API (help.openai.com): 50 % less than the synchronous API.
 */
export const BATCH_SHARE = { numerator: 1n, denominator: 2n } as const;

/** A declared price stands for all of its parts: what it leaves out isn't taken from the table. */
const declaredPrice = ({ price }: Model): Price | null =>
  price === undefined
    ? null
    : {
        input: price.input ?? null,
        cachedInput: price.cached_input ?? null,
        output: price.output ?? null,
        audioMinute: price.audio_minute ?? null,
      };

/**
 * The price that the user declared, or else OpenAI's for the model that answered or was asked for. An own server's prices
 * aren't OpenAI's. Null where nobody knows: never 0.
 */
export function priceOf(table: PriceTable, model: Model, answeredBy: string | null = null): Price | null {
  const declared = declaredPrice(model);
  if (declared !== null || model.base_url !== undefined) return declared;
  return (answeredBy && table.get(answeredBy)) || table.get(model.model) || null;
}

/**
 * Cost of one request in billionths of a US dollar; null where the price or the usage isn't known. A price of $1 for a
 * million tokens is 1,000 billionths a token, so that sums are exact. What this machine makes itself costs nothing.
 */
export function costOf(table: PriceTable, model: Model, usage: Usage, answeredBy: string | null = null): bigint | null {
  if (model.provider !== 'openai') return 0n;
  const price = priceOf(table, model, answeredBy);
  if (price === null) return null;
  // Of models with both prices some servers state the tokens and others the seconds.
  if (price.audioMinute !== null && usage.audioSeconds !== null)
    return BigInt(Math.round((usage.audioSeconds * price.audioMinute * 1e9) / 60));
  const cached = usage.cachedInputTokens ?? 0;
  const fresh = usage.inputTokens === null ? null : Math.max(0, usage.inputTokens - cached);
  return sum([fresh, price.input], [cached, price.cachedInput ?? price.input], [usage.outputTokens, price.output]);
}

/** What costs nothing needn't be stated: an embedding has no output, and servers don't say that it has 0 tokens. */
function sum(...parts: readonly (readonly [tokens: number | null, price: number | null])[]): bigint | null {
  let total = 0n;
  for (const [tokens, price] of parts) {
    if (tokens === 0 || price === 0) continue;
    if (tokens === null || price === null) return null;
    total += BigInt(Math.round(tokens * price * 1000));
  }
  return total;
}
