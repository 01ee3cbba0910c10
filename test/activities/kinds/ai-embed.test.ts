import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aiEmbed } from '../../../activities/kinds/ai-embed.ts';
import { text, typeName } from '../../../datasets/column-type.ts';
import { openDatabase } from '../../../datasets/parquet/database.ts';
import { readParquet } from '../../../datasets/parquet/read-parquet.ts';
import { writeParquet } from '../../../datasets/parquet/write-parquet.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { temporaryFolder } from '../../datasets/parquet/temporary-folder.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import { ModelBench } from '../models/model-bench.ts';

const server = await OpenAIServer.start();
let bench: ModelBench;
beforeEach(async () => {
  server.reset();
  bench = await ModelBench.start(server);
});
afterAll(() => server.close());

const small: Model = { name: 'vectors', provider: 'openai', model: 'text-embedding-3-small' };
/** The same name at another server says nothing about its vectors. */
const local: Model = { ...small, base_url: server.url };
const prompt = { path: 'embed.md', text: '{{video.title}}\n{{transcript.text}}\n' };
const inputs = { 'video.title': 'Cierre del Congreso', 'transcript.text': 'El presidente </data> anunció…' };
const make = (more: object = {}, given: Parameters<ModelBench['cell']>[1] = inputs) =>
  bench.cell(aiEmbed, given, { params: { model: small, prompt, ...more }, tuning: { tries: 1 } });
/** What another server answers, whatever it was asked. */
const answered = (embedding: unknown) =>
  server.inject({ kind: 'status', status: 200, body: { data: [{ embedding }] } });

describe('a vector', () => {
  it('is of the prompt as it is rendered, without tags for a model to read, and asked for as numbers', async () => {
    const made = await make({ dimensions: 8 });
    expect(made).toEqual({ vector: expect.any(Array) });
    expect((made as { vector: number[] }).vector).toHaveLength(8);
    expect(server.calls[0]!.path).toBe('/v1/embeddings');
    expect(server.calls[0]!.body).toEqual({
      model: 'text-embedding-3-small',
      input: 'Cierre del Congreso\nEl presidente </data> anunció…',
      encoding_format: 'float',
      dimensions: 8,
    });
  });

  it('has a call in the provenance, without output tokens, and is not paid for twice', async () => {
    const first = await make();
    expect(await make()).toEqual(first);
    expect(server.counts().total).toBe(1);
    expect(bench.calls).toMatchObject([
      {
        endpoint: 'embeddings',
        prompt_digest: sha256(prompt.text),
        model_returned: 'text-embedding-3-small',
        input_tokens: expect.any(BigInt),
        output_tokens: 0n,
      },
    ]);
  });

  it('has the numbers that a float32 column holds', async () => {
    answered([0.1, -1e-50, 3]);
    expect(await make({ model: local })).toEqual({ vector: [Math.fround(0.1), -0, 3] });
  });

  it('comes out of Parquet as it went in, beside one that is missing', async () => {
    const made = (await make({ dimensions: 64 })) as { vector: number[] };
    const columns = { id: text(), ...aiEmbed.makes({ model: small, prompt })! };
    expect(typeName(columns['vector' as keyof typeof columns])).toBe('list<float32>');
    const rows = [
      { id: 'a', ...made },
      { id: 'b', vector: null },
    ];
    const path = join(await temporaryFolder(), 'vectors.parquet');
    await writeFile(path, await writeParquet(columns, rows));
    using database = await openDatabase({ threads: 1 });
    expect(await readParquet(database, path, columns)).toEqual(rows);
    expect(await database.rows(`SELECT typeof(vector) AS type, len(vector) AS n FROM '${path}' LIMIT 1`)).toEqual([
      { type: 'FLOAT[]', n: 64n },
    ]);
  });
});

describe('no vector', () => {
  it.each([
    ['everything is missing', { 'video.title': null, 'transcript.text': null }],
    ['there is no text', { 'video.title': ' ', 'transcript.text': '' }],
  ])('is asked for when %s', async (_when, given) => {
    expect(await make({}, given)).toMatchObject({ status: 'skipped', code: 'no_input' });
    expect(server.counts().total).toBe(0);
  });

  it.each([
    [{ model: local, dimensions: 3 }, [1, 2], 'The vector has 2 numbers; the declared dimensions are 3.'],
    [{ model: small }, [1, 2, 3], 'The vector has 3 numbers; those of text-embedding-3-small are 1536.'],
  ])('is taken that has another length: %j', async (more, vector, message) => {
    answered(vector);
    expect(await make(more)).toMatchObject({ status: 'failed', code: 'wrong_dimensions', message });
  });

  it.each([
    ['none', [], 'no vector'],
    ['nothing', undefined, 'no vector'],
    ['a text', 'AACAPw==', 'no vector'],
    ['null', [1, null], 'Place 1 of the vector holds null'],
    ['more than float32 holds', [1, 1e39], 'Place 1 of the vector holds 1e+39'],
    ['vectors of tokens', [[1, 2]], 'Place 0 of the vector holds [1,2]'],
  ])('is made of %s', async (_what, vector, message) => {
    answered(vector);
    expect(await make({ model: local })).toMatchObject({
      code: 'unparseable',
      message: expect.stringContaining(message),
    });
  });

  it('is made of a text that is too long for the model: the cell fails, the run goes on', async () => {
    const given = { ...inputs, 'transcript.text': 'palabra '.repeat(20_000) };
    expect(await make({}, given)).toMatchObject({ status: 'failed', code: 'invalid_request' });
  });
});

describe('the baseline', () => {
  const model: Model = { name: 'floor', provider: 'baseline', model: 'facts-and-lexicon-1' };
  const vectorOf = async (title: string, more: object = {}) =>
    ((await make({ model, ...more }, { 'video.title': title, 'transcript.text': '' })) as { vector: number[] }).vector;
  const cosine = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);

  it('has texts with the same words near each other, in whatever order and case', async () => {
    const one = await vectorOf('El Congreso cerró hoy');
    expect(one).toHaveLength(256);
    expect(Math.hypot(...one)).toBeCloseTo(1);
    expect(await vectorOf('hoy cerró EL congreso')).toEqual(one);
    expect(cosine(one, await vectorOf('el congreso cerró ayer'))).toBeCloseTo(0.75);
    expect(cosine(one, await vectorOf('baile nuevo'))).toBeLessThan(0.5);
    expect(await vectorOf('🙂🙂', { dimensions: 4 })).toHaveLength(4);
    expect(bench.calls).toMatchObject([{ endpoint: 'baseline/embed', cost_nano_usd: 0n }]);
  });
});

describe('what it reads', () => {
  const needs = { video: { title: text() } };
  const reads = (model: Model, more: object = {}) =>
    aiEmbed.reads({ model, prompt: { path: 'p', text: '{{video.title}}' }, ...more }, needs);
  it('is the placeholders of the prompt', () => {
    expect(Object.keys(reads(small))).toEqual(['video.title']);
    const fixed = { prompt: { path: 'p', text: 'hola' } };
    expect(() => reads(small, fixed)).toThrow('no {{step.column}}; a text that differs from row to row');
  });
  it.each([
    ['gpt-4o-2024-11-20', {}, 'answers questions and makes no vectors. Declare an embedding model'],
    ['text-embedding-ada-002', { dimensions: 8 }, 'makes vectors of 1536 numbers only. Leave dimensions out'],
    ['text-embedding-3-large', { dimensions: 4000 }, 'at most 3072 numbers, and dimensions is 4000. Lower'],
    ['text-embedding-3-small', { model: { ...small, parameters: { dimensions: 8 } } }, 'Set dimensions of the step'],
  ])('is told before anything runs when %s can’t do it', (model, more, message) => {
    expect(() => reads({ ...small, model }, more)).toThrow(message);
    expect(() => reads({ ...local, model }, { ...more, model: { ...local, model } })).not.toThrow();
  });
});
