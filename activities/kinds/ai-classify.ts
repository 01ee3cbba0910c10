import { z } from 'zod';
import { isPassing } from '../../datasets/cell.ts';
import { type CellValue, float64, list, struct, text } from '../../datasets/column-type.ts';
import { modelName, promptFile } from '../../datasets/step-kind.ts';
import { aiTuning } from '../models/ai-tuning.ts';
import { majorityLabel } from '../models/majority-label.ts';
import { QUESTION_CODES } from '../models/model-codes.ts';
import { type Classification, engineOf } from '../models/model-engine.ts';
import { imageReads, questionAbout, questionReads } from '../models/question.ts';
import { defineStepKind, NotMade, skipped } from '../step-kind.ts';

/** One of the declared labels for each row, and why; asked several times, also how far the answers agree. */
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
    repeats: z
      .int()
      .min(1)
      .max(20)
      .default(1)
      .describe('How often the same is asked; above 1, `label` is the most frequent and `agreement` its share'),
  }),
  tuning: aiTuning,
  codes: {
    ...QUESTION_CODES,
    baseline_labels: 'The baseline tells support, no support and neutral apart, and no other labels.',
  },
  reads(params, needs) {
    const reads = questionReads(params, needs);
    engineOf(params.model).check(params.model, { asks: 'questions', images: imageReads(reads) });
    return reads;
  },
  makes: ({ repeats }) => ({
    label: text(),
    rationale: text(),
    ...(repeats > 1 && {
      agreement: float64(),
      repeats: list(struct({ label: text(), rationale: text(), error_code: text() })),
    }),
  }),
  async cell(inputs, params, tools) {
    const question = questionAbout(inputs, params);
    if (question === null)
      return skipped('no_input', 'Everything that the prompt names is missing, and there is no image.');
    const { model, labels, repeats } = params;
    const ask = (repeat: number) => engineOf(model).classify({ ...question, repeat }, labels, tools);
    if (repeats > 1) return repeatedly(repeats, ask);
    const made = await ask(1);
    return made instanceof NotMade ? made : { ...made };
  },
});

async function repeatedly(repeats: number, ask: (repeat: number) => Promise<Classification | NotMade>) {
  // All of them end before the cell does, also when one throws: an answer under way is paid for, and has to be recorded.
  const ended = await Promise.allSettled(Array.from({ length: repeats }, (_, index) => ask(index + 1)));
  const made = ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
  const failures = made.filter((each) => each instanceof NotMade);
  // A provider's bad hour isn't the model's vote: the cell is asked again for this one, and keeps the others.
  const passing = failures.find(({ code }) => isPassing({ errorCode: code }));
  if (passing) return passing;
  const [failure] = failures;
  const majority = majorityLabel(made);
  return majority === null && failure ? failure : { ...majority, repeats: made.map(asValue) };
}

const asValue = (made: Classification | NotMade): CellValue =>
  made instanceof NotMade
    ? { label: null, rationale: null, error_code: made.code }
    : { label: made.label, rationale: made.rationale, error_code: null };
