import { describe, expect, it } from 'vitest';
import { hasKnownVocabulary, tokenCounter } from '../../../datasets/prices/count-tokens.ts';

const newer = await tokenCounter({ model: 'gpt-4o-2024-11-20' });
const older = await tokenCounter({ model: 'gpt-4-turbo' });

describe('tokens of a text', () => {
  it('are those of the model’s vocabulary', () => {
    const text = 'El presidente anunció el cierre del Congreso 😀';
    expect([newer(text), older(text)]).toEqual([8, 11]);
  });

  it('of a text that looks like a token which steers a model are those of a text', () => {
    expect(newer('<|endoftext|>')).toBeGreaterThan(1);
  });

  it('of a run without a space are counted piece by piece', () => {
    expect(newer('ñ'.repeat(20_000))).toBe(20_000);
    expect(newer('')).toBe(0);
  });
});

it('knows the vocabularies of OpenAI’s models alone', () => {
  const models = ['gpt-5.1', 'o3', 'text-embedding-3-small', 'qwen2.5-vl-7b', 'llama3', 'gpt-oss'];
  expect(models.filter((model) => hasKnownVocabulary({ model }))).toEqual(models.slice(0, 3));
});
