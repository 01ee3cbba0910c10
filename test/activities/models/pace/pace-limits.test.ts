import { expect, it } from 'vitest';
import { paceLimits } from '../../../../activities/models/pace/pace-limits.ts';
import { modelShape } from '../../../../datasets/declaration/model-shape.ts';
import { modelIdentity } from '../../../../datasets/declaration/parameter-identity.ts';
import type { Model } from '../../../../datasets/step-kind.ts';

const gpt: Model = { name: 'gpt', provider: 'openai', model: 'gpt-4o-2024-11-20' };
const limited: Model = { ...gpt, requests_per_minute: 500, tokens_per_minute: 30_000, max_concurrency: 8 };

it('takes the limits of a model entry, and 64 at once where it names no number', () => {
  expect(paceLimits(gpt)).toEqual({ maxConcurrency: 64 });
  expect(paceLimits(limited)).toEqual({ requestsPerMinute: 500, tokensPerMinute: 30_000, maxConcurrency: 8 });
});

it('leaves them out of what a cell depends on', () => {
  expect(modelIdentity(limited)).toEqual(modelIdentity(gpt));
});

it.each([
  [1, true],
  [512, true],
  [0, false],
  [513, false],
  [2.5, false],
])('takes a max_concurrency of %d: %s', (max_concurrency, valid) => {
  const { success } = modelShape.safeParse({ provider: 'openai', model: 'gpt-4o', max_concurrency });
  expect(success).toBe(valid);
});
