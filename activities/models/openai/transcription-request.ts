import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import type { SpeechRequest } from '../model-calls.ts';
import type { Speech } from '../model-engine.ts';
import { sentParameters } from './model-parameters.ts';

/** Models that answer in `json` alone. All others are taken for a Whisper, which says when what was said. */
const JSON_ONLY = /^gpt-(4o-)?(mini-)?transcribe/;
const DIARIZING = /-diarize/;

export function transcriptionRequest({ model, audio, language, hint, temperature }: Speech): SpeechRequest {
  const format: JsonObject = JSON_ONLY.test(model.model)
    ? { response_format: 'json', ...(DIARIZING.test(model.model) ? { chunking_strategy: 'auto' } : {}) }
    : { response_format: 'verbose_json', timestamp_granularities: ['segment'] };
  const body: JsonObject = {
    model: model.model,
    ...format,
    ...(language === undefined ? {} : { language }),
    ...(hint === undefined ? {} : { prompt: hint }),
    ...(temperature === undefined ? {} : { temperature }),
    ...sentParameters(model),
  };
  return { endpoint: 'audio/transcriptions', body, audio, prompt: null };
}
