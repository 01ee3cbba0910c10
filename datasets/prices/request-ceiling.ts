import type { Json } from '../../manifests/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../declaration/json-object.ts';
import type { Model } from '../step-kind.ts';
import { billedApart } from './billed-apart.ts';
import { type Detail, hasImageRule, imageTokens } from './image-tokens.ts';
import { builtInPrices, type Price, priceOf, type PriceTable } from './price-table.ts';
import { textTokenBound, type TokenBound } from './text-token-bound.ts';

/** A request as far as it costs something: the body as it is asked, images by digest. */
export interface CeilingRequest {
  readonly endpoint: 'chat/completions' | 'audio/transcriptions' | 'embeddings';
  readonly body: JsonObject;
  /** Of a WAV file as `media/audio` makes them: 16,000 samples of 2 bytes a second. */
  readonly audioByteLength?: number;
}

export interface CeilingOptions {
  readonly prices?: PriceTable;
  /** A line of a batch: half the price. */
  readonly batch?: boolean;
}

/** Around each message, and around all of them. */
const MESSAGE_TOKENS = 8;
const FRAME_TOKENS = 50;
const WAV = { headerBytes: 44, bytesPerSecond: 32_000 };

/** The most that one request can cost, in billionths of a US dollar; null where that can't be known. */
export async function requestCeiling(
  model: Model,
  request: CeilingRequest,
  { prices = builtInPrices, batch = false }: CeilingOptions = {},
): Promise<bigint | null> {
  if (model.provider !== 'openai') return 0n;
  if (billedApart(request.body) !== null) return null;
  const price = dearestPrice(prices, model);
  const full = price && ceilingOf(price, model, request, await textTokenBound(model));
  if (full === null) return null;
  return batch ? (full + 1n) / 2n : full;
}

function ceilingOf(price: Price, model: Model, request: CeilingRequest, bound: TokenBound): bigint | null {
  const { endpoint, body, audioByteLength } = request;
  if (endpoint === 'audio/transcriptions') {
    // A server that bills tokens doesn't say how many a second of sound has.
    if (price.audioMinute === null || price.input !== null || audioByteLength === undefined) return null;
    const seconds = Math.ceil(Math.max(0, audioByteLength - WAV.headerBytes) / WAV.bytesPerSecond);
    return nano((seconds * price.audioMinute * 1e9) / 60);
  }
  const input = endpoint === 'embeddings' ? embeddingTokens(body, bound) : chatTokens(model, body, bound);
  const output = endpoint === 'embeddings' ? 0 : outputTokens(body);
  if (input === null || output === null || price.input === null) return null;
  if (output > 0 && price.output === null) return null;
  // A cache that is written or read may be dearer than what is read afresh, on no list that we know.
  const inputPrice = Math.max(price.input, price.cachedInput ?? 0);
  return nano(input * inputPrice * 1000) + nano(output * (price.output ?? 0) * 1000);
}

const nano = (amount: number): bigint => BigInt(Math.ceil(amount));

/** An alias such as gpt-4o may be answered by any of the dated models that bear its name. */
function dearestPrice(table: PriceTable, model: Model): Price | null {
  const asked = priceOf(table, model);
  if (asked === null) return null;
  const dated = [...table.keys()].filter(
    (name) => name.startsWith(`${model.model}-`) && /^\d{4}-\d\d-\d\d$/.test(name.slice(model.model.length + 1)),
  );
  return dated.flatMap((name) => priceOf(table, model, name) ?? []).reduce(dearer, asked);
}

const dearer = (a: Price, b: Price): Price => ({
  input: highest(a.input, b.input),
  cachedInput: highest(a.cachedInput, b.cachedInput),
  output: highest(a.output, b.output),
  audioMinute: highest(a.audioMinute, b.audioMinute),
});

const highest = (a: number | null, b: number | null) => (a === null ? b : Math.max(a, b ?? a));

/** Reasoning counts among the tokens that `max_completion_tokens` limits. */
function outputTokens(body: JsonObject): number | null {
  const limit = body['max_completion_tokens'] ?? body['max_tokens'];
  const answers = body['n'] ?? 1;
  return typeof limit === 'number' && typeof answers === 'number' ? limit * answers : null;
}

function embeddingTokens({ input }: JsonObject, bound: TokenBound): number | null {
  const texts: readonly Json[] = Array.isArray(input) ? input : [input ?? null];
  return texts.every((text) => typeof text === 'string')
    ? texts.reduce((sum, text) => sum + bound(text) + MESSAGE_TOKENS, FRAME_TOKENS)
    : null;
}

function chatTokens(
  model: Model,
  { messages, response_format: format, tools }: JsonObject,
  bound: TokenBound,
): number | null {
  if (!Array.isArray(messages)) return null;
  let tokens = FRAME_TOKENS + jsonTokens(format, bound) + jsonTokens(tools, bound);
  for (const message of messages as readonly Json[]) {
    const content = isJsonObject(message) ? message['content'] : undefined;
    for (const part of Array.isArray(content) ? (content as readonly Json[]) : [content ?? null]) {
      const found = partTokens(model, part, bound);
      if (found === null) return null;
      tokens += found;
    }
    tokens += MESSAGE_TOKENS;
  }
  return tokens;
}

/** A schema is put into words before the model reads it: fewer than its JSON has. */
const jsonTokens = (value: Json | undefined, bound: TokenBound) =>
  value === undefined ? 0 : bound(JSON.stringify(value));

/** Null for a part whose tokens nobody has told us how to count, such as sound. An image is taken for the largest. */
function partTokens(model: Model, part: Json, bound: TokenBound): number | null {
  if (typeof part === 'string') return bound(part);
  if (!isJsonObject(part)) return null;
  const { type, text, image_url: image } = part;
  if (type === 'text' && typeof text === 'string') return bound(text);
  if (type !== 'image_url' || !isJsonObject(image) || !hasImageRule(model.model)) return null;
  return imageTokens(model.model, detailOf(image['detail']), Infinity).high;
}

const detailOf = (detail: Json | undefined): Detail => (detail === 'low' || detail === 'high' ? detail : 'auto');
