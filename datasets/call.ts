import { float64, int32, int64, list, struct, text, type ValueOf } from './column-type.ts';

/** One request to a model, as the provenance file of a step partition keeps it. Null is "not stated by the provider". */
export const CALL = struct({
  endpoint: text(),
  request_key: text(),
  prompt_digest: text(),
  /** Digest of the raw answer, which is in a file of answers. */
  answer_digest: text(),
  provider: text(),
  model_requested: text(),
  model_returned: text(),
  response_id: text(),
  request_id: text(),
  input_tokens: int64(),
  cached_input_tokens: int64(),
  output_tokens: int64(),
  audio_seconds: float64(),
  /** Whole billionths of a US dollar, so that sums are exact; null when the price is not known. */
  cost_nano_usd: int64(),
  attempt: int32(),
  started_ms: int64(),
  ended_ms: int64(),
});

export const CALLS = list(CALL);

type Nullable = ValueOf<typeof CALL>;
export type Call = { readonly [K in keyof Nullable]: Nullable[K] };
