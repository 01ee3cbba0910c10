import type { Digest } from '../../manifests/digest.ts';
import type { Call } from '../../datasets/call.ts';
import type { JsonObject } from '../../datasets/declaration/json-object.ts';
import { costOf, type PriceTable } from '../../datasets/prices/price-table.ts';
import type { Model } from '../../datasets/step-kind.ts';
import type { AnswerFacts } from '../../datasets/answers-file.ts';
import { answerUsage, textIn } from './answer-usage.ts';
import type { ModelRequest } from './model-calls.ts';

export interface Asked {
  readonly model: Model;
  readonly request: ModelRequest;
  readonly requestKey: Digest;
}

/** One try. */
type Sent = Pick<AnswerFacts, 'requestId' | 'attempt' | 'startedMs' | 'endedMs'>;

/** The provenance of one answer, the same whether it just came or was found in the journal. */
export function callOfAnswer(asked: Asked, answer: AnswerFacts, body: JsonObject, prices: PriceTable): Call {
  const usage = answerUsage(body);
  return {
    ...callOf(asked, answer),
    answer_digest: answer.answer,
    model_returned: textIn(body, 'model'),
    response_id: textIn(body, 'id'),
    input_tokens: whole(usage.inputTokens),
    cached_input_tokens: whole(usage.cachedInputTokens),
    output_tokens: whole(usage.outputTokens),
    audio_seconds: usage.audioSeconds,
    cost_nano_usd: costOfAnswer(asked.model, answer, body, prices),
  };
}

/** In nano-dollars; null where price or usage isn't known. */
export function costOfAnswer(
  model: Model,
  { batch }: Pick<AnswerFacts, 'batch'>,
  body: JsonObject,
  prices: PriceTable,
): bigint | null {
  const cost = costOf(prices, model, answerUsage(body), textIn(body, 'model'));
  return cost !== null && batch ? (cost + 1n) / 2n : cost;
}

/** A request that a provider turned down: nothing was made, and the account wasn't charged. */
export const callOfRefusal = (asked: Asked, sent: Sent): Call => ({
  ...callOf(asked, sent),
  cost_nano_usd: asked.model.base_url === undefined ? 0n : null,
});

const callOf = ({ model, request, requestKey }: Asked, sent: Sent): Call => ({
  endpoint: request.endpoint,
  request_key: requestKey,
  prompt_digest: request.prompt,
  answer_digest: null,
  provider: model.provider,
  model_requested: model.model,
  model_returned: null,
  response_id: null,
  request_id: sent.requestId,
  input_tokens: null,
  cached_input_tokens: null,
  output_tokens: null,
  audio_seconds: null,
  cost_nano_usd: null,
  attempt: sent.attempt,
  started_ms: BigInt(sent.startedMs),
  ended_ms: BigInt(sent.endedMs),
});

const whole = (count: number | null): bigint | null => (count === null ? null : BigInt(count));
