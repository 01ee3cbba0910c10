import { describe, expect, it } from 'vitest';
import prices from '../../../datasets/prices/prices.json' with { type: 'json' };
import { builtInPrices, costOf, type Usage } from '../../../datasets/prices/price-table.ts';
import type { Model } from '../../../datasets/step-kind.ts';

const gpt: Model = { name: 'gpt', provider: 'openai', model: 'gpt-4o-2024-11-20' };
const used = (more: Partial<Usage>): Usage => ({
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  audioSeconds: null,
  ...more,
});

describe('a cost', () => {
  it('is exact: $2.50, $1.25 and $10 for a million tokens', () => {
    const usage = used({ inputTokens: 1001, cachedInputTokens: 1000, outputTokens: 3 });
    expect(costOf(builtInPrices, gpt, usage)).toBe(1n * 2500n + 1000n * 1250n + 3n * 10_000n);
  });
  it('is by the second where the price is by the minute', () => {
    expect(costOf(builtInPrices, { ...gpt, model: 'whisper-1' }, used({ audioSeconds: 90 }))).toBe(9_000_000n);
  });
  it('is that of the model that answered, when its price is known', () => {
    const alias = { ...gpt, model: 'gpt-4o-mini' };
    const usage = used({ inputTokens: 1000, outputTokens: 0 });
    expect(costOf(builtInPrices, alias, usage, 'gpt-4o-2024-05-13')).toBe(5_000_000n);
    expect(costOf(builtInPrices, alias, usage, 'gpt-4o-mini-2099-01-01')).toBe(150_000n);
  });
  it('is nothing for what this machine makes itself', () => {
    expect(costOf(builtInPrices, { ...gpt, provider: 'baseline' }, used({}))).toBe(0n);
  });
  it('is unknown, never 0, without a price or a usage', () => {
    const usage = used({ inputTokens: 10, outputTokens: 10 });
    expect(costOf(builtInPrices, { ...gpt, model: 'gpt-99' }, usage)).toBeNull();
    expect(costOf(builtInPrices, { ...gpt, base_url: 'http://localhost:8000/v1' }, usage)).toBeNull();
    expect(costOf(builtInPrices, gpt, used({ inputTokens: 10 }))).toBeNull();
    expect(costOf(builtInPrices, { ...gpt, model: 'whisper-1' }, usage)).toBeNull();
  });
});

describe('a declared price', () => {
  const usage = used({ inputTokens: 1000, cachedInputTokens: 400, outputTokens: 10 });
  const own: Model = { ...gpt, base_url: 'http://localhost:8000/v1' };
  it('goes before the table, whatever answered, and is that of an own server too', () => {
    const price = { input: 1, cached_input: 0.5, output: 2 };
    for (const model of [gpt, own])
      expect(costOf(builtInPrices, { ...model, price }, usage, 'gpt-4o-2024-05-13')).toBe(
        600_000n + 200_000n + 20_000n,
      );
  });
  it('stands for the whole price: what it leaves out is unknown, but for the cached part, which costs as the others', () => {
    expect(costOf(builtInPrices, { ...gpt, price: { input: 1 } }, usage)).toBeNull();
    expect(costOf(builtInPrices, { ...gpt, price: { input: 1, output: 0 } }, usage)).toBe(1_000_000n);
  });
  it('by the minute counts where the server states the seconds, else by its tokens', () => {
    const model = { ...gpt, model: 'gpt-4o-transcribe', price: { input: 6, output: 10, audio_minute: 0.006 } };
    expect(costOf(builtInPrices, model, used({ audioSeconds: 60 }))).toBe(6_000_000n);
    expect(costOf(builtInPrices, model, usage)).toBe(6_100_000n);
  });
});

it('prices embeddings, whose answers state no output tokens', () => {
  const embeddings = { ...gpt, model: 'text-embedding-3-large' };
  expect(costOf(builtInPrices, embeddings, used({ inputTokens: 1000 }))).toBe(130_000n);
  expect(costOf(builtInPrices, embeddings, used({}))).toBeNull();
});

it('names a source that is listed for every price, and each model once', () => {
  const names = prices.models.flatMap((model) => model.names);
  expect(new Set(names).size).toBe(names.length);
  expect(prices.models.filter(({ source }) => !(source in prices.sources))).toEqual([]);
});
