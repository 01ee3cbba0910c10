import { z } from 'zod';
import type { Digest } from '../../manifests/digest.ts';
import { blob, float64, list, struct, text } from '../../datasets/column-type.ts';
import { modelName } from '../../datasets/step-kind.ts';
import { aiTuning } from '../models/ai-tuning.ts';
import { MODEL_CODES } from '../models/model-codes.ts';
import { engineOf } from '../models/model-engine.ts';
import { defineStepKind, NotMade } from '../step-kind.ts';

/** What is said in a video, and when. */
export const aiTranscribe = defineStepKind({
  kind: 'ai/transcribe',
  revision: 1,
  summary:
    'What is said, by a speech model: the text, its language and, where the model gives them, segments with times.',
  queue: 'ai',
  params: z.strictObject({
    model: modelName(),
    language: z
      .string()
      .regex(/^[a-z]{2}$/, 'an ISO 639-1 code such as es')
      .optional()
      .describe('Recognised when left out'),
    hint: z.string().min(1).optional().describe('Names and words to expect, in the language of the speech'),
    temperature: z.number().min(0).max(1).optional(),
  }),
  tuning: aiTuning,
  codes: MODEL_CODES,
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
        no_speech_prob: float64(),
        avg_logprob: float64(),
        compression_ratio: float64(),
      }),
    ),
  },
  async cell({ audio }, { model, language, hint, temperature }, tools) {
    const speech = { model, audio: audio as Digest, language, hint, temperature };
    const transcript = await engineOf(model).transcribe(speech, tools);
    if (transcript instanceof NotMade) return transcript;
    const { durationS, ...said } = transcript;
    return { ...said, duration_s: durationS };
  },
});
