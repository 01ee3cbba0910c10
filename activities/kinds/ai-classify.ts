import { z } from 'zod';
import { text } from '../../datasets/column-type.ts';
import { modelName, promptFile } from '../../datasets/step-kind.ts';
import { aiTuning } from '../models/ai-tuning.ts';
import { QUESTION_CODES } from '../models/model-codes.ts';
import { engineOf } from '../models/model-engine.ts';
import { questionAbout, questionReads } from '../models/question.ts';
import { defineStepKind, NotMade, skipped } from '../step-kind.ts';

/** One of the declared labels for each row, and why. */
export const aiClassify = defineStepKind({
  kind: 'ai/classify',
  revision: 1,
  summary:
    'One of the declared labels and a rationale, by a model: a prompt with placeholders and all images of the needed steps.',
  queue: 'ai',
  params: z.strictObject({
    model: modelName(),
    prompt: promptFile(),
    labels: z.array(z.string().regex(/\S/, 'a text that is not empty').max(200)).min(2).max(500),
    detail: z
      .enum(['low', 'high', 'auto'])
      .default('low')
      .describe('How closely images are looked at; text in them needs high'),
    max_output_tokens: z.int().min(16).max(100_000).default(1024).describe('Of one answer, thinking included'),
  }),
  tuning: aiTuning,
  codes: {
    ...QUESTION_CODES,
    baseline_labels: 'The baseline tells support, no support and neutral apart, and no other labels.',
  },
  reads(params, needs) {
    engineOf(params.model).check(params.model);
    return questionReads(params, needs);
  },
  makes: () => ({ label: text(), rationale: text() }),
  async cell(inputs, params, tools) {
    const question = questionAbout(inputs, params);
    if (question === null)
      return skipped('no_input', 'Everything that the prompt names is missing, and there is no image.');
    const made = await engineOf(params.model).classify(question, params.labels, tools);
    return made instanceof NotMade ? made : { ...made };
  },
});
