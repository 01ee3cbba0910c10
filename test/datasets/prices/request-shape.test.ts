import { expect, it } from 'vitest';
import { addedTokens, cacheableTokens, requestShape, textTokens } from '../../../datasets/prices/request-shape.ts';

const letters = (text: string) => text.length;

const CHAT = requestShape({
  model: 'gpt-4o',
  messages: [
    { role: 'system', content: 'abc' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'de' },
        { type: 'image_url', image_url: { url: 'sha256:…', detail: 'high' } },
        { type: 'image_url', image_url: { url: 'sha256:…', detail: 'high' } },
      ],
    },
  ],
  response_format: { type: 'json_schema' },
  max_completion_tokens: 1024,
});

it('reads texts, images and limits of a chat request', () => {
  expect(CHAT).toEqual({
    texts: ['abc', 'de'],
    messages: 2,
    images: 2,
    detail: 'high',
    schema: '{"type":"json_schema"}',
    maxOutputTokens: 1024,
  });
  expect(textTokens(CHAT, letters)).toBe(5);
  expect(addedTokens(CHAT, letters)).toEqual({ low: 6, high: 8 + 3 + 22 });
});

it('reads the texts of a request for embeddings, which has no answer to pay for', () => {
  const shape = { messages: 0, images: 0, detail: 'auto', schema: '', maxOutputTokens: 0 };
  expect(requestShape({ input: 'abc' })).toEqual({ ...shape, texts: ['abc'] });
  expect(requestShape({ input: ['abc', 'de'] })).toEqual({ ...shape, texts: ['abc', 'de'] });
  expect(addedTokens(requestShape({ input: 'abc' }), letters)).toEqual({ low: 0, high: 0 });
});

it.each([
  [1023, 0],
  [1024, 1024],
  [1160, 1152],
])('of %i tokens that two requests begin with, %i can be cached', (alike, cached) => {
  const shape = (end: string) => ({ ...CHAT, texts: [`${'x'.repeat(alike)}${end}`] });
  expect(cacheableTokens(shape('a'), shape('b'), letters)).toBe(cached);
});
