import { describe, expect, it } from 'vitest';
import { hasImageRule, imageTokens, imageTokensOfSize } from '../../../datasets/prices/image-tokens.ts';

describe('tokens of an image that is at most so wide', () => {
  it.each([
    ['gpt-4o-2024-11-20', 'low', 768, 85, 85],
    ['gpt-4o-2024-11-20', 'high', 768, 255, 85 + 8 * 170],
    ['gpt-4o-2024-11-20', 'high', 432, 255, 85 + 4 * 170],
    ['gpt-4o-2024-11-20', 'auto', 432, 85, 85 + 4 * 170],
    ['gpt-4o-mini', 'low', 768, 2833, 2833],
    ['gpt-4.1-mini', 'high', 768, 2, 2489],
    ['gpt-5-2025-08-07', 'low', 768, 70, 70],
    ['gpt-5-mini', 'low', 768, 2, 2489],
    ['gpt-5-nano', 'low', 768, 2, 3779],
    ['o4-mini', 'low', 768, 2, 2642],
    ['gpt-99', 'low', 768, 3, 3779],
  ] as const)('of %s, %s detail, %i px', (model, detail, width, low, high) => {
    expect(imageTokens(model, detail, width)).toEqual({ low, high });
  });
});

describe('tokens of an image of known size', () => {
  it.each([
    ['gpt-4o', 'high', 1024, 1024, 765, 765],
    ['gpt-4o', 'high', 2048, 4096, 1105, 1105],
    ['gpt-4o', 'high', 512, 512, 255, 255],
    ['gpt-4o', 'low', 2048, 4096, 85, 85],
    ['gpt-4o', 'auto', 512, 512, 85, 255],
    ['gpt-5', 'high', 1024, 1024, 630, 630],
    // The guide's own examples: 1,024 squares, and 4,275 that become 1,452.
    ['gpt-4.1-mini', 'low', 1024, 1024, Math.ceil(1024 * 1.62), Math.ceil(1024 * 1.62)],
    ['gpt-4.1-mini', 'low', 1800, 2400, Math.ceil(1452 * 1.62), Math.ceil(1452 * 1.62)],
    // Measured 1,229 where the guide says 1,659.
    ['gpt-5-mini', 'high', 1024, 1024, 1229, 1659],
  ] as const)('%s, %s detail, %i x %i', (model, detail, width, height, low, high) => {
    expect(imageTokensOfSize(model, detail, { width, height })).toEqual({ low, high });
  });
});

it('has no rule for models of which OpenAI gives none', () => {
  const models = [
    'gpt-5',
    'gpt-5-mini-2025-08-07',
    'gpt-5-nano',
    'o4-mini',
    'gpt-4o',
    'gpt-5.1',
    'gpt-5.4-mini',
    'qwen',
  ];
  expect(models.filter((model) => !hasImageRule(model))).toEqual(['gpt-5.1', 'gpt-5.4-mini', 'qwen']);
});
