import { z } from 'zod';
import { modelName, promptFile } from '../../datasets/step-kind.ts';
import { aiTuning } from '../models/ai-tuning.ts';
import { QUESTION_CODES } from '../models/model-codes.ts';
import { engineOf } from '../models/model-engine.ts';
import { outputColumns, outputParameter } from '../models/output-columns.ts';
import { imageReads, questionAbout, questionReads } from '../models/question.ts';
import { defineStepKind, skipped } from '../step-kind.ts';

/** Columns that a model fills in, from a prompt's text and the images of the needed steps. */
export const aiGenerate = defineStepKind({
  kind: 'ai/generate',
  revision: 1,
  summary:
    'Columns that a model fills in: a prompt with placeholders, all images of the needed steps, and a declared output.',
  queue: 'ai',
  params: z.strictObject({
    model: modelName(),
    prompt: promptFile(),
    output: outputParameter(),
    detail: z
      .enum(['low', 'high', 'auto'])
      .default('low')
      .describe('How closely images are looked at; text in them needs high'),
    max_output_tokens: z.int().min(16).max(100_000).default(1024).describe('Of one answer, thinking included'),
  }),
  tuning: aiTuning,
  codes: {
    ...QUESTION_CODES,
    no_images: 'The baseline describes images, and there is none.',
    unreadable_image: 'The baseline can read JPEG alone.',
  },
  reads(params, needs) {
    const reads = questionReads(params, needs);
    engineOf(params.model).check(params.model, { asks: 'questions', images: imageReads(reads) });
    return reads;
  },
  makes: ({ output }) => outputColumns(output),
  async cell(inputs, params, tools) {
    const question = questionAbout(inputs, params);
    if (question === null)
      return skipped('no_input', 'Everything that the prompt names is missing, and there is no image.');
    return await engineOf(params.model).generate(question, params.output, tools);
  },
});
