import OpenAI from 'openai';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { OpenAIServer } from './openai-server.ts';
import { rawRequest } from './raw-request.ts';

const server = await OpenAIServer.start();
const client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });
beforeEach(() => server.reset());
afterAll(() => server.close());

const embed = (changes: object) =>
  rawRequest(server, '/embeddings', { model: 'text-embedding-3-small', input: 'hola', ...changes });

it('answers embeddings of length 1 that follow from the text, in both encodings', async () => {
  const asked = { model: 'text-embedding-3-small', input: ['hola', 'adiós', 'hola'], dimensions: 8 };
  const { data, usage } = await client.embeddings.create(asked);
  const [first, second, third] = data.map(({ embedding }) => embedding);
  expect(first).toHaveLength(8);
  expect(Math.hypot(...(first ?? []))).toBeCloseTo(1);
  expect(third).toEqual(first);
  expect(second).not.toEqual(first);
  expect(usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
  const plain = await client.embeddings.create({ ...asked, encoding_format: 'float' });
  expect(plain.data).toEqual(data);
});

it('lists its models', async () => {
  const names = (await client.models.list()).data.map(({ id }) => id);
  expect(names).toEqual(expect.arrayContaining(['gpt-4o-2024-11-20', 'whisper-1', 'text-embedding-3-small']));
  expect(server.counts()).toMatchObject({ total: 1, billed: 0 });
});

describe('embeddings', () => {
  it.each([
    ['nothing', { input: '' }, "'$.input' is invalid."],
    ['more dimensions than there are', { dimensions: 2000 }, 'Must be less than or equal to 1536.'],
    [
      'dimensions of an old model',
      { model: 'text-embedding-ada-002', dimensions: 8 },
      'does not support specifying dimensions',
    ],
    ['unknown parameters', { normalize: true }, "Unknown parameter: 'normalize'."],
  ])('refuse %s', async (_what, changes, message) => {
    expect(await embed(changes)).toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });
});
