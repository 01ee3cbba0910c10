import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { type CeilingRequest, requestCeiling } from '../../../datasets/prices/request-ceiling.ts';
import type { Model } from '../../../datasets/step-kind.ts';

const gpt: Model = { name: 'gpt', provider: 'openai', model: 'gpt-4o-2024-11-20' };
const IN = 2500;
const OUT = 10_000;

const TEXT = '¿Qué se ve en el video? Responde con una etiqueta. #Perú 😀 漢字 ';
const chat = (parts: unknown, more: object = {}): CeilingRequest => ({
  endpoint: 'chat/completions',
  body: {
    messages: [{ role: 'user', content: parts }],
    max_completion_tokens: 1000,
    ...more,
  } as CeilingRequest['body'],
});
const image = (detail: string, url = 'sha256:1') => ({ type: 'image_url', image_url: { url, detail } });

describe('the most that a question can cost', () => {
  it('has its texts counted, with 5 % and the frame of a message', async () => {
    const tokens = Math.ceil(countTokens(TEXT) * 1.05) + 50 + 8;
    expect(await requestCeiling(gpt, chat(TEXT))).toBe(BigInt(tokens * IN + 1000 * OUT));
    expect(await requestCeiling(gpt, chat([{ type: 'text', text: TEXT }]))).toBe(BigInt(tokens * IN + 1000 * OUT));
  });

  it('has a token for each byte where the vocabulary is not known', async () => {
    const bytes = Buffer.byteLength(TEXT) + 50 + 8;
    expect(await requestCeiling({ ...gpt, model: 'gpt-4-turbo' }, chat(TEXT))).toBe(
      BigInt(bytes * 10_000 + 1000 * 30_000),
    );
  });

  it('has the answer’s schema in it', async () => {
    const schema = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } };
    const more = Math.ceil(countTokens(JSON.stringify(schema)) * 1.05) * IN;
    const [plain, asked] = [
      await requestCeiling(gpt, chat('x')),
      await requestCeiling(gpt, chat('x', { response_format: schema })),
    ];
    expect(asked! - plain!).toBe(BigInt(more));
  });

  it('has each image at its largest', async () => {
    const plain = (await requestCeiling(gpt, chat([])))!;
    const of = async (...images: object[]) => (await requestCeiling(gpt, chat(images)))! - plain;
    expect(await of(image('low'), image('low'))).toBe(BigInt(2 * 85 * IN));
    expect(await of(image('high'))).toBe(BigInt((85 + 8 * 170) * IN));
    expect(await of(image('auto'))).toBe(BigInt((85 + 8 * 170) * IN));
  });

  it('is at the price of the dearest model that may answer to an alias', async () => {
    const tokens = Math.ceil(countTokens('x') * 1.05) + 58;
    expect(await requestCeiling({ ...gpt, model: 'gpt-4o' }, chat('x'))).toBe(BigInt(tokens * 5000 + 1000 * 15_000));
  });

  it('is half in a batch', async () => {
    const full = (await requestCeiling(gpt, chat(TEXT)))!;
    expect(await requestCeiling(gpt, chat(TEXT), { batch: true })).toBe((full + 1n) / 2n);
  });

  it('counts a run of letters without a space in pieces', async () => {
    const ceiling = (await requestCeiling(gpt, chat('a'.repeat(400_000))))!;
    expect(ceiling).toBeGreaterThan(BigInt(50_000 * IN));
  });

  it.each([
    ['no price', { ...gpt, model: 'gpt-99' }, chat('x')],
    ['an own server without a price', { ...gpt, base_url: 'http://localhost/v1' }, chat('x')],
    ['no limit', gpt, chat('x', { max_completion_tokens: null })],
    ['a dearer tier', gpt, chat('x', { service_tier: 'priority' })],
    ['a fee', gpt, chat('x', { web_search_options: {} })],
    ['images of unknown size in tokens', { ...gpt, model: 'gpt-5.1' }, chat([image('low')])],
    ['sound', gpt, chat([{ type: 'input_audio', input_audio: {} }])],
  ])('is not known with %s', async (_, model, request) => {
    expect(await requestCeiling(model, request)).toBeNull();
  });

  it('is nothing for what this machine makes itself', async () => {
    expect(await requestCeiling({ ...gpt, provider: 'local' }, chat('x'))).toBe(0n);
  });
});

describe('the most that sound can cost', () => {
  const whisper = { ...gpt, model: 'whisper-1' };
  const speech = (audioByteLength?: number): CeilingRequest => ({
    endpoint: 'audio/transcriptions',
    body: {},
    ...(audioByteLength !== undefined && { audioByteLength }),
  });

  it.each([
    [44, 0n],
    [45, 100_000n],
    [44 + 32_000, 100_000n],
    [44 + 32_000 * 60 + 1, 6_100_000n],
  ])('is of whole seconds: %i bytes', async (bytes, nanoUsd) => {
    expect(await requestCeiling(whisper, speech(bytes))).toBe(nanoUsd);
  });

  it('is not known without its length, or where it is billed in tokens', async () => {
    expect(await requestCeiling(whisper, speech())).toBeNull();
    expect(await requestCeiling({ ...gpt, model: 'gpt-4o-transcribe' }, speech(100))).toBeNull();
  });
});

it('of an embedding is that of its text', async () => {
  const prices = new Map([['embed', { input: 0.02, cachedInput: null, output: null, audioMinute: null }]]);
  const ceiling = (input: string | string[]) =>
    requestCeiling({ ...gpt, model: 'embed' }, { endpoint: 'embeddings', body: { input } }, { prices });
  expect(await ceiling('añb')).toBe(BigInt((4 + 8 + 50) * 20));
  expect(await ceiling(['añb', 'c'])).toBe(BigInt((4 + 8 + 1 + 8 + 50) * 20));
});
