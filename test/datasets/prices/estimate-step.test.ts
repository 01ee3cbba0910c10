import { describe, expect, it } from 'vitest';
import { estimateCall } from '../../../datasets/prices/estimate-call.ts';
import { estimateStep } from '../../../datasets/prices/estimate-step.ts';
import { imageTokens } from '../../../datasets/prices/image-tokens.ts';
import type { RunPlan } from '../../../datasets/plan/run-plan.ts';
import type { Model } from '../../../datasets/step-kind.ts';

const gpt: Model = { name: 'gpt', provider: 'openai', model: 'gpt-4o-2024-11-20' };

describe('tokens of an image', () => {
  it.each([
    ['gpt-4o-2024-11-20', 'low', 768, 85, 85],
    ['gpt-4o-2024-11-20', 'high', 768, 255, 85 + 8 * 170],
    ['gpt-4o-2024-11-20', 'high', 432, 255, 85 + 4 * 170],
    ['gpt-4o-2024-11-20', 'auto', 432, 85, 85 + 4 * 170],
    ['gpt-4o-mini', 'low', 768, 2833, 2833],
    ['gpt-4.1-mini', 'high', 768, 39, 2489],
    ['gpt-99', 'low', 768, 60, 3779],
  ] as const)('of %s, %s detail, %i px', (model, detail, width, low, high) => {
    expect(imageTokens(model, detail, width)).toEqual({ low, high });
  });
});

it('estimates a request between its shortest and its longest', () => {
  const shape = {
    promptChars: { low: 1500, high: 3000 },
    images: { low: 1, high: 8 },
    imageWidth: 768,
    detail: 'low',
    maxOutputTokens: 1000,
    audioSeconds: { low: 0, high: 0 },
  } as const;
  expect(estimateCall(gpt, shape)).toEqual({
    inputTokens: { low: 300 + 85, high: 1000 + 680 },
    outputTokens: { low: 20, high: 1000 },
    costNanoUsd: { low: 385n * 2500n + 20n * 10_000n, high: 1680n * 2500n + 1000n * 10_000n },
  });
  expect(estimateCall({ ...gpt, base_url: 'http://localhost/v1' }, shape).costNanoUsd).toBeNull();
});

const step = (params: object, reads: object = {}) => ({ name: 's', params, reads, columns: [] });

describe('a step', () => {
  const frames = {
    name: 'frames',
    params: { max: 4, width: 432 },
    columns: [{ name: 'frames', type: { list: 'text' }, media: 'image' }],
  };
  const estimate = (params: object, reads: object, model = gpt) =>
    estimateStep(step(params, reads) as never, model, { steps: [frames] } as unknown as RunPlan);

  it('is estimated from its prompt and the frames it reads', () => {
    const prompt = { path: 'p', text: 'x'.repeat(300) };
    const reads = { 'frames.frames': { step: 'frames', column: 'frames', required: false } };
    const question = { prompt, detail: 'low', max_output_tokens: 500 };
    expect(estimate(question, reads)).toEqual({
      inputTokens: { low: 300 + 85, high: 500 + 4 * 85 },
      outputTokens: { low: 20, high: 500 },
      costNanoUsd: { low: expect.any(BigInt), high: expect.any(BigInt) },
    });
    const named = { ...question, prompt: { path: 'p', text: '{{a.b}}' } };
    expect(estimate(named, {})?.inputTokens).toEqual({ low: 242, high: 3736 });
  });

  it('that transcribes costs by the length of the sound', () => {
    const whisper = { ...gpt, model: 'whisper-1' };
    expect(estimate({}, {}, whisper)).toEqual({
      inputTokens: { low: 0, high: 0 },
      outputTokens: { low: 0, high: 0 },
      costNanoUsd: { low: 300_000n, high: 60_000_000n },
    });
  });

  it('of a baseline costs nothing and isn’t shown', () => {
    expect(estimate({}, {}, { ...gpt, provider: 'baseline' })).toBeNull();
  });
});
