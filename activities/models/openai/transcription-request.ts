import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import type { SpeechPart, SpeechRequest } from '../model-calls.ts';
import type { Speech } from '../model-engine.ts';
import { sentParameters } from './model-parameters.ts';
import { speechModel } from './speech-model.ts';

/** Parts of one audio are asked alike, none with what another was answered: they can be asked in any order, and again. */
export function transcriptionRequest(speech: Speech, part?: SpeechPart): SpeechRequest {
  const { model, audio, language, hint, temperature, words } = speech;
  const family = speechModel(model.model);
  const body: JsonObject = {
    model: model.model,
    ...family.format(words),
    ...(language === undefined ? {} : family.language(language)),
    ...(hint === undefined ? {} : { prompt: hint }),
    ...(temperature === undefined ? {} : { temperature }),
    ...sentParameters(model),
  };
  return { endpoint: 'audio/transcriptions', body, audio, ...(part && { part }), prompt: null };
}
