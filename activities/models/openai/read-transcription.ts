import type { Json } from '../../../manifests/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../../../datasets/declaration/json-object.ts';
import { numberIn, textIn } from '../answer-usage.ts';
import type { Segment, Transcript } from '../model-engine.ts';
import { languageCode } from './language-code.ts';

/** No text is a result: nothing was said. What a server leaves out is null. */
export function readTranscription(body: JsonObject, askedLanguage: string | undefined): Transcript {
  const segments = body['segments'];
  return {
    text: (textIn(body, 'text') ?? '').trim(),
    language: languageCode(textIn(body, 'language')) ?? askedLanguage ?? null,
    durationS: numberIn(body, 'duration'),
    segments: Array.isArray(segments)
      ? segments.map((segment: Json) => readSegment(isJsonObject(segment) ? segment : null))
      : null,
  };
}

const readSegment = (segment: JsonObject | null): Segment => ({
  start_s: numberIn(segment, 'start'),
  end_s: numberIn(segment, 'end'),
  text: (textIn(segment, 'text') ?? '').trim(),
  no_speech_prob: numberIn(segment, 'no_speech_prob'),
  avg_logprob: numberIn(segment, 'avg_logprob'),
  compression_ratio: numberIn(segment, 'compression_ratio'),
});
