import { z } from 'zod';
import type { Digest } from '../../manifests/digest.ts';
import { blob, bool, float64, int32, list, struct, text } from '../../datasets/column-type.ts';
import { modelName } from '../../datasets/step-kind.ts';
import { aiTuning } from '../models/ai-tuning.ts';
import { MODEL_CODES } from '../models/model-codes.ts';
import { engineOf } from '../models/model-engine.ts';
import { suspectCount } from '../models/suspect-segment.ts';
import { defineStepKind, NotMade } from '../step-kind.ts';

/** What is said in a video, and when. */
export const aiTranscribe = defineStepKind({
  kind: 'ai/transcribe',
  revision: 2,
  summary:
    'What is said, by a speech model: the text, its language and, where the model gives them, segments with times and speakers.',
  queue: 'ai',
  params: z.strictObject({
    model: modelName(),
    language: z
      .string()
      .regex(/^[a-z]{2}$/, 'an ISO 639-1 code such as es')
      .optional()
      .describe('Recognised when left out'),
    hint: z.string().min(1).max(4000).optional().describe('Names and words to expect, in the language of the speech'),
    temperature: z.number().min(0).max(1).optional(),
    words: z.boolean().default(false).describe('Whether to ask for the times of single words too'),
  }),
  tuning: aiTuning,
  codes: {
    ...MODEL_CODES,
    unsplittable:
      'The audio is over the upload limit, and is no WAV as `media/audio` makes it, or ffmpeg failed on it.',
  },
  notes: [
    'Segments with times come from Whisper models, with speakers from `gpt-4o-transcribe-diarize`; `words` from Whisper ' +
      'models when asked for. Where a model gives none, the column is null.',
    '`suspect` marks a segment that may be the model’s own invention, as Whisper makes for silence and noise: ' +
      '`compression_ratio` above 2.4 (it repeats itself, as a chant does), or `no_speech_prob` above 0.6 together with ' +
      '`avg_logprob` below -1 or `compression_ratio` below 1 (next to no text). 2.4, 0.6 and -1 are the thresholds of ' +
      'openai/whisper (`transcribe.py`); 1 is where compression stops to shorten a text. It is null where the model ' +
      'gives no such measures. Nothing is left out of `text`: listen, then decide. `suspect_segments` counts them.',
    'Audio over the upload limit of 25 MB (13 minutes and 37 seconds) is sent in parts, cut in the middle of the longest ' +
      'silence in the last quarter before the limit, and joined again: times count from the start of the whole audio. ' +
      '`cuts` says where, and whether there was a silence: a cut without one may go through a word. Speakers are told ' +
      'apart within a part only, and have its number before their name (`2:A`).',
  ],
  reads: { audio: blob('audio') },
  makes: {
    text: text(),
    language: text(),
    duration_s: float64(),
    segments: list(
      struct({
        start_s: float64(),
        end_s: float64(),
        text: text(),
        speaker: text(),
        no_speech_prob: float64(),
        avg_logprob: float64(),
        compression_ratio: float64(),
        suspect: bool(),
      }),
    ),
    words: list(struct({ start_s: float64(), end_s: float64(), word: text() })),
    suspect_segments: int32(),
    cuts: list(struct({ at_s: float64(), at_silence: bool() })),
  },
  check: ({ model, language, hint, temperature, words }) =>
    engineOf(model).checkSpeech({ model, language, hint, temperature, words }),
  async cell({ audio }, { model, language, hint, temperature, words }, tools) {
    const speech = { model, audio: audio as Digest, language, hint, temperature, words };
    const transcript = await engineOf(model).transcribe(speech, tools);
    if (transcript instanceof NotMade) return transcript;
    const { durationS, ...said } = transcript;
    return { ...said, duration_s: durationS, suspect_segments: suspectCount(said.segments) };
  },
});
