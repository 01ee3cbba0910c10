import type { Json } from '../../../manifests/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../../../datasets/declaration/json-object.ts';
import { firstIn, numberIn, textIn } from '../answer-usage.ts';
import type { Segment, Transcript, Word } from '../model-engine.ts';
import { isSuspect } from '../suspect-segment.ts';
import { languageCode } from './language-code.ts';

/** `json`, `verbose_json` or `diarized_json`. No text is a result: nothing was said. What a server leaves out is null. */
export function readTranscription(body: JsonObject, askedLanguage: string | undefined): Transcript {
  // gpt-transcribe lists the languages that it heard.
  const stated = textIn(body, 'language') ?? textIn(firstIn(body, 'languages'), 'code');
  return {
    text: (textIn(body, 'text') ?? '').trim(),
    language: languageCode(stated) ?? askedLanguage ?? null,
    durationS: numberIn(body, 'duration'),
    segments: eachIn(body['segments'], readSegment),
    words: eachIn(body['words'], readWord),
    cuts: [],
  };
}

const eachIn = <T>(list: Json | undefined, read: (item: JsonObject | null) => T): T[] | null =>
  Array.isArray(list) ? list.map((item: Json) => read(isJsonObject(item) ? item : null)) : null;

function readSegment(segment: JsonObject | null): Segment {
  const measures = {
    no_speech_prob: numberIn(segment, 'no_speech_prob'),
    avg_logprob: numberIn(segment, 'avg_logprob'),
    compression_ratio: numberIn(segment, 'compression_ratio'),
  };
  return {
    start_s: numberIn(segment, 'start'),
    end_s: numberIn(segment, 'end'),
    text: (textIn(segment, 'text') ?? '').trim(),
    speaker: textIn(segment, 'speaker'),
    ...measures,
    suspect: isSuspect(measures),
  };
}

const readWord = (word: JsonObject | null): Word => ({
  start_s: numberIn(word, 'start'),
  end_s: numberIn(word, 'end'),
  word: (textIn(word, 'word') ?? '').trim(),
});
