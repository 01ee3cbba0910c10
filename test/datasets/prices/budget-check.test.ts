import { expect, it } from 'vitest';
import type { PlannedStep, RunPlan } from '../../../datasets/plan/run-plan.ts';
import { budgetNotes, checkBudget } from '../../../datasets/prices/budget-check.ts';
import type { Model } from '../../../datasets/step-kind.ts';

const gpt: Model = { name: 'gpt', provider: 'openai', model: 'gpt-4o-2024-11-20' };
const frames = {
  name: 'frames',
  kind: 'media/frames',
  params: {},
  reads: {},
  columns: [{ name: 'frames', media: 'image' }],
};
const audio = {
  name: 'audio',
  kind: 'media/audio',
  params: {},
  reads: {},
  columns: [{ name: 'audio', media: 'audio' }],
};

const asks = (kind: string, model: Model, reads: string | null, params: object = { max_output_tokens: 1024 }) => ({
  name: 'asks',
  kind,
  params: { model, ...params },
  reads: reads === null ? {} : { input: { step: reads, column: reads, required: true } },
  columns: [],
});

const plan = (step: object, limits: Partial<RunPlan> = {}) =>
  ({
    maxNanoUsd: '5000000000',
    batch: false,
    steps: [frames, audio, step] as unknown as PlannedStep[],
    ...limits,
  }) as RunPlan;

const computing = (high: number) =>
  ({ steps: [{ step: 'asks', compute: { low: 0, high } }] }) as unknown as Parameters<typeof checkBudget>[1];

it.each([
  ['a priced model with images', asks('ai/generate', gpt, 'frames')],
  ['a priced model without images', asks('ai/classify', { ...gpt, model: 'gpt-5.1' }, null)],
  ['whisper, by the minute', asks('ai/transcribe', { ...gpt, model: 'whisper-1' }, 'audio', {})],
  ['the baseline', asks('ai/generate', { ...gpt, provider: 'baseline', model: 'facts-and-lexicon-1' }, 'frames')],
  ['a local engine', asks('ai/transcribe', { ...gpt, provider: 'local', model: 'base' }, 'audio', {})],
])('is content with %s', (_, step) => {
  expect(() => checkBudget(plan(step), computing(10))).not.toThrow();
});

it.each([
  [
    'the price',
    asks('ai/generate', { ...gpt, model: 'qwen-vl', base_url: 'http://localhost:8000/v1' }, 'frames'),
    'the price of model gpt (qwen-vl) is not known.\n    Add price: { input: …, output: … } to models.gpt in dataset.yaml.',
  ],
  [
    'the price of a minute',
    asks('ai/transcribe', { ...gpt, model: 'gpt-4o-transcribe' }, 'audio', {}),
    'the price of a minute of audio of model gpt (gpt-4o-transcribe) is not known.\n    Add price: { audio_minute: … } to models.gpt in dataset.yaml.',
  ],
  [
    'the price of an embedding',
    asks('ai/embed', { ...gpt, model: 'embed-99' }, null, {}),
    'the price of model gpt (embed-99) is not known.\n    Add price: { input: … } to models.gpt in dataset.yaml.',
  ],
  [
    'a limit to an answer',
    asks('own/kind', gpt, null, {}),
    'own/kind sets no limit to the tokens of an answer of model gpt (gpt-4o-2024-11-20).\n    Give the step max_output_tokens.',
  ],
  [
    'how images are counted',
    asks('ai/generate', { ...gpt, model: 'gpt-5.1' }, 'frames'),
    'how many tokens an image has for model gpt (gpt-5.1) is not known.\n    Declare a model whose images can be counted, such as gpt-4o or gpt-4.1.',
  ],
  [
    'what a tier costs',
    asks('ai/generate', { ...gpt, parameters: { service_tier: 'priority' } }, 'frames'),
    'what the parameter service_tier of model gpt (gpt-4o-2024-11-20) costs is not known.\n    Remove service_tier from the parameters of models.gpt.',
  ],
])('names the step that lacks %s', (_, step, words) => {
  expect(() => checkBudget(plan(step), computing(1))).toThrow(
    `--max-usd $5.00 needs to know the most that each request can cost. Nothing was run, for\n  asks: ${words}\nOr remove --max-usd.`,
  );
  expect(() => checkBudget(plan(step), computing(0))).not.toThrow();
  expect(() => checkBudget(plan(step, { maxNanoUsd: null }), computing(1))).not.toThrow();
});

it('says when the money is not enough for the least that the plan costs', () => {
  const total = { low: 8_000_000_000n, high: 9_000_000_000n };
  const batchTotal = { low: 4_000_000_000n, high: 4_500_000_000n };
  const notes = (limits: Partial<RunPlan>) => budgetNotes(plan(frames, limits), { total, batchTotal });
  expect(notes({})).toEqual([
    '--max-usd $5.00 is not enough: the least is $8.00. The run would stop on the way; a later one goes on from there',
  ]);
  expect(notes({ batch: true })).toEqual([]);
  expect(notes({ maxNanoUsd: '3999999999', batch: true })).toHaveLength(1);
  expect(notes({ maxNanoUsd: '8000000000' })).toEqual([]);
  expect(notes({ maxNanoUsd: null })).toEqual([]);
  expect(budgetNotes(plan(frames), { total: null, batchTotal: null })).toEqual([]);
});
