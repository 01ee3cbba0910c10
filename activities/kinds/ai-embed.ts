import { z } from 'zod';
import { float32, list } from '../../datasets/column-type.ts';
import { renderPrompt } from '../../datasets/declaration/prompt-template.ts';
import { modelName, promptFile, UnreadableInputError } from '../../datasets/step-kind.ts';
import { aiTuning } from '../models/ai-tuning.ts';
import { MODEL_CODES } from '../models/model-codes.ts';
import { engineOf } from '../models/model-engine.ts';
import { placeholderReads, placeholderValues } from '../models/question.ts';
import { defineStepKind, NotMade, skipped } from '../step-kind.ts';

/** A text as a point in a space where like texts lie near each other. */
export const aiEmbed = defineStepKind({
  kind: 'ai/embed',
  revision: 1,
  summary:
    "A vector of each row's text, by an embedding model: the prompt with its placeholders filled in is the text.",
  queue: 'ai',
  params: z.strictObject({
    model: modelName(),
    prompt: promptFile(),
    dimensions: z
      .int()
      .min(1)
      .max(16_384)
      .optional()
      .describe('Length of each vector, for models that can shorten theirs; their own when left out'),
  }),
  tuning: aiTuning,
  codes: {
    ...MODEL_CODES,
    no_input: 'Everything that the prompt names is missing for this row, or the text is empty.',
    wrong_dimensions: 'The vector is not as long as declared, or as those of the model are known to be.',
  },
  reads({ model, prompt, dimensions }, needs) {
    engineOf(model).check(model, { asks: 'vectors', dimensions });
    const reads = placeholderReads({ prompt }, needs);
    if (Object.keys(reads).length > 0) return reads;
    throw new UnreadableInputError('prompt', 'no {{step.column}}', 'a text that differs from row to row');
  },
  makes: () => ({ vector: list(float32()) }),
  async cell(inputs, { model, prompt, dimensions }, tools) {
    const values = placeholderValues(inputs, prompt);
    const missing = Object.values(values).every((value) => value === null);
    // A file ends with a line end, which is no part of what is meant.
    const text = missing ? '' : renderPrompt(prompt.text, values).trim();
    if (text === '') return skipped('no_input', 'Everything that the prompt names is missing, or there is no text.');
    const vector = await engineOf(model).embed({ model, prompt, text, dimensions }, tools);
    return vector instanceof NotMade ? vector : { vector };
  },
});
