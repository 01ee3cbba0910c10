import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aiClassify } from '../../../activities/kinds/ai-classify.ts';
import { typeName } from '../../../datasets/column-type.ts';
import { compareIds } from '../../../datasets/compare-ids.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import { gpt, ModelBench } from '../models/model-bench.ts';

const server = await OpenAIServer.start();
let bench: ModelBench;
beforeEach(async () => {
  server.reset();
  bench = await ModelBench.start(server);
});
afterAll(() => server.close());

const params = {
  model: gpt,
  prompt: { path: 'stance.md', text: 'Which stance?\n{{transcript.text}}' },
  labels: ['support', 'no support', 'neutral'],
  detail: 'low',
  max_output_tokens: 1000,
};
const make = (repeats: number, model: Model = gpt) =>
  bench.cell(
    aiClassify,
    { 'transcript.text': '¡Fuerza!' },
    { params: { ...params, model, repeats }, tuning: { tries: 1 } },
  );

/** By the seed, which tells the repeats apart: null is the first. */
const answersBySeed = (labels: Readonly<Record<string, string>>) =>
  server.configure({
    answer: ({ body }) => {
      const seed = JSON.stringify(body['seed']) ?? 'none';
      return { rationale: `because ${seed}`, label: labels[seed] ?? 'neutral' };
    },
  });
const seeds = () => server.calls.map(({ body }) => JSON.stringify(body!['seed'] ?? null)).toSorted(compareIds);

describe('a question asked several times', () => {
  it('makes other columns than one asked once', () => {
    const columns = (repeats: number) =>
      Object.entries(aiClassify.makes({ ...params, repeats })!).map(([name, type]) => `${name} ${typeName(type)}`);
    expect(columns(1)).toEqual(['label text', 'rationale text']);
    expect(columns(3)).toEqual([
      'label text',
      'rationale text',
      'agreement float64',
      'repeats list<struct<label text, rationale text, error_code text>>',
    ]);
  });

  it('gives the label of most, the first reason for it, and the share that gave it', async () => {
    answersBySeed({ none: 'neutral', 2: 'support', 3: 'support' });
    expect(await make(3)).toEqual({
      label: 'support',
      rationale: 'because 2',
      agreement: 2 / 3,
      repeats: [
        { label: 'neutral', rationale: 'because none', error_code: null },
        { label: 'support', rationale: 'because 2', error_code: null },
        { label: 'support', rationale: 'because 3', error_code: null },
      ],
    });
  });

  it('has no label on a tie', async () => {
    answersBySeed({ none: 'neutral', 2: 'support' });
    expect(await make(2)).toMatchObject({ label: null, rationale: null, agreement: 0.5 });
  });

  it('keeps those that failed, and counts the others', async () => {
    answersBySeed({ none: 'support', 2: 'support', 3: 'neutral' });
    server.inject({ kind: 'refusal' });
    const made = (await make(3)) as { agreement: number; repeats: { error_code: string | null }[] };
    expect(made.repeats.map(({ error_code: code }) => code).filter(Boolean)).toEqual(['refused']);
    expect([0.5, 1]).toContain(made.agreement);
  });

  it('fails as its first time did when all failed', async () => {
    server.inject({ fault: { kind: 'refusal', refusal: 'No.' }, times: 3 });
    expect(await make(3)).toMatchObject({ status: 'failed', code: 'refused', message: 'No.' });
  });
});

describe('each time', () => {
  it('is a request of its own: more repeats pay for those that are new, and none for what was asked once', async () => {
    await make(1);
    await make(3);
    expect(server.counts().total).toBe(3);
    await make(5);
    expect(server.counts().total).toBe(5);
    await make(2);
    expect(server.counts().total).toBe(5);
    expect(new Set(bench.calls.map((call) => call.request_key)).size).toBe(2);
  });

  it('is under way at the same time', async () => {
    server.configure({ latencyMs: 30 });
    await make(4);
    expect(server.counts().highWater).toBe(4);
  });

  it.each<[string, Partial<Model>, string[]]>([
    ['its number, where the model is known to take a seed', {}, ['2', '3', 'null']],
    ['the declared seed, counted up', { parameters: { seed: 70 } }, ['70', '71', '72']],
    ['none, where the model reasons', { model: 'o3-2025-04-16' }, ['null', 'null', 'null']],
    ['none, where nobody knows whether the server takes one', { base_url: server.url }, ['null', 'null', 'null']],
  ])('has as its seed %s', async (_what, more, expected) => {
    await make(3, { ...gpt, ...more });
    expect(seeds()).toEqual(expected);
    expect(server.counts().total).toBe(3);
  });

  it('is asked again alone when the provider could not answer it', async () => {
    server.configure({ latencyMs: 30 });
    server.inject({ kind: 'server_error' });
    expect(await make(3)).toMatchObject({ status: 'failed', code: 'provider_error' });
    expect(server.counts()).toMatchObject({ total: 3, billed: 2 });
    expect(await make(3)).toHaveProperty('agreement');
    expect(server.counts().total).toBe(4);
  });

  it('ends before the cell does, also when one of them throws', async () => {
    server.configure({ latencyMs: 30 });
    server.inject({ kind: 'insufficient_quota' });
    await expect(make(3)).rejects.toMatchObject({ name: 'ModelAccessError' });
    expect(server.counts()).toMatchObject({ total: 3, billed: 2 });
    await make(3);
    expect(server.counts().total).toBe(4);
  });
});
