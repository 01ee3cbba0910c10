import type { CallEstimate } from '../plan/cost-forecast.ts';
import type { Range } from '../plan/forecast.ts';
import type { Model } from '../step-kind.ts';
import { type Detail, imageTokens } from './image-tokens.ts';
import { builtInPrices, costOf, type PriceTable, type Usage } from './price-table.ts';

/** One request as far as it is known before its row is read: between two bounds where it differs from row to row. */
export interface CallShape {
  /** Characters of all texts. */
  readonly promptChars: Range;
  readonly images: Range;
  /** In pixels. */
  readonly imageWidth: number;
  readonly detail: Detail;
  /** 0 for a request that is answered by what it costs (audio by the minute). */
  readonly maxOutputTokens: number;
  readonly audioSeconds: Range;
}

/** OpenAI's rule of thumb is four characters a token; Spanish, hashtags and emoji have fewer, long English words more. */
const CHARS_PER_TOKEN = { most: 5, fewest: 3 };
/** The shortest answer: a label and a reason. */
const SHORTEST_ANSWER = 20;

/** Tokens and cost of one request, low and high. A request that has to be asked again, with a larger budget, isn't in it. */
export function estimateCall(model: Model, shape: CallShape, prices: PriceTable = builtInPrices): CallEstimate {
  const { promptChars, images, audioSeconds, maxOutputTokens } = shape;
  const image = imageTokens(model.model, shape.detail, shape.imageWidth);
  const inputTokens = {
    low: Math.ceil(promptChars.low / CHARS_PER_TOKEN.most) + images.low * image.low,
    high: Math.ceil(promptChars.high / CHARS_PER_TOKEN.fewest) + images.high * image.high,
  };
  const outputTokens = { low: Math.min(SHORTEST_ANSWER, maxOutputTokens), high: maxOutputTokens };
  const cost = (end: 'low' | 'high') => {
    const usage: Usage = {
      inputTokens: inputTokens[end],
      cachedInputTokens: null,
      outputTokens: outputTokens[end],
      audioSeconds: audioSeconds[end],
    };
    return costOf(prices, model, usage);
  };
  const [low, high] = [cost('low'), cost('high')];
  return { inputTokens, outputTokens, costNanoUsd: low === null || high === null ? null : { low, high } };
}
