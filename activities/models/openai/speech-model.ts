import { GettokError } from '../../../manifests/gettok-error.ts';
import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import type { SpeechOptions } from '../model-engine.ts';
import { checkParameters } from './model-parameters.ts';

/** What a family of speech models is asked for, and what it doesn't take (openai 7.57, `TranscriptionCreateParamsBase`). */
export interface SpeechModel {
  format(words: boolean): JsonObject;
  readonly takesHint: boolean;
  readonly givesWords: boolean;
  /** The field that names the language; the one that a model doesn't have is ignored without a word. */
  language(code: string): JsonObject;
}

const language = (code: string) => ({ language: code });
const json = () => ({ response_format: 'json' });

const WHISPER: SpeechModel = {
  format: (words) => ({
    response_format: 'verbose_json',
    timestamp_granularities: words ? ['segment', 'word'] : ['segment'],
  }),
  takesHint: true,
  givesWords: true,
  language,
};

const FAMILIES: readonly (readonly [name: RegExp, family: SpeechModel])[] = [
  [
    /^gpt-.*transcribe.*-diarize/,
    {
      // Without a strategy it refuses all that is longer than 30 s.
      format: () => ({ response_format: 'diarized_json', chunking_strategy: 'auto' }),
      takesHint: false,
      givesWords: false,
      language,
    },
  ],
  [
    /^gpt-transcribe/,
    { format: json, takesHint: true, givesWords: false, language: (code) => ({ languages: [code] }) },
  ],
  [/^gpt-.*transcribe/, { format: json, takesHint: true, givesWords: false, language }],
];

/** By the name of the model. One that is not known is taken for a Whisper, which says when what was said. */
export const speechModel = (name: string): SpeechModel =>
  FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? WHISPER;

/** A parameter that the declared model doesn't take, so that every request would be refused or ignore it. */
export class SpeechParameterError extends GettokError {
  override readonly name = 'SpeechParameterError';
  readonly parameter: string;
  readonly model: string;
  constructor(parameter: string, model: string, found: string) {
    super(`${parameter} is not for ${model}: ${found}. Leave it out, or ask a model that takes it, such as whisper-1.`);
    this.parameter = parameter;
    this.model = model;
  }
}

export function checkSpeech({ model, hint, words }: SpeechOptions): void {
  checkParameters(model);
  const { takesHint, givesWords } = speechModel(model.model);
  if (words && !givesWords) throw new SpeechParameterError('words', model.model, 'it says no times of words');
  if (takesHint) return;
  if (hint !== undefined) throw new SpeechParameterError('hint', model.model, 'it takes no words to expect');
  if (model.parameters?.['prompt'] !== undefined)
    throw new SpeechParameterError('prompt', model.model, 'it takes no words to expect');
}
