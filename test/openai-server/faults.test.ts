import OpenAI, { APIConnectionError, APIUserAbortError, InternalServerError, RateLimitError } from 'openai';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from './fault.ts';
import { OpenAIServer } from './openai-server.ts';
import { stanceRequest } from './stance-request.ts';
import { wavAudio } from './wav-audio.ts';

const server = await OpenAIServer.start();
const client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });
beforeEach(() => server.reset());
afterAll(() => server.close());

const ask = (text = 'hola') => client.chat.completions.create(stanceRequest(text));
const askWith = (fault: Fault) => {
  server.inject(fault);
  return ask();
};

const statuses = () => server.calls.map(({ status }) => status);
const askAll = async (texts: readonly string[]): Promise<void> => {
  for (const text of texts) await ask(text).catch(() => {});
};
const transcribe = () =>
  client.audio.transcriptions.create({ file: new File([wavAudio(1)], 'a.wav'), model: 'whisper-1' });

describe('a fault instead of an answer', () => {
  it('429 says how long to wait in both headers', async () => {
    const error: unknown = await askWith({ kind: 'rate_limit', retryAfterMs: 1200 }).catch((caught: unknown) => caught);
    if (!(error instanceof RateLimitError)) throw new TypeError(`no RateLimitError: ${String(error)}`);
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'requests' });
    expect(error.headers.get('retry-after')).toBe('2');
    expect(error.headers.get('retry-after-ms')).toBe('1200');
    expect(server.counts()).toMatchObject({ billed: 0, byStatus: { 429: 1 }, byFault: { rate_limit: 1 } });
  });

  it('429 without money, 500, and 503 with HTML are what the SDK expects', async () => {
    await expect(askWith({ kind: 'insufficient_quota' })).rejects.toMatchObject({
      status: 429,
      code: 'insufficient_quota',
      type: 'insufficient_quota',
    });
    await expect(askWith({ kind: 'server_error' })).rejects.toBeInstanceOf(InternalServerError);
    await expect(askWith({ kind: 'unavailable_html' })).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('<h1>503'),
    });
  });

  it('any status, body and headers', async () => {
    const body = { error: { message: 'Overloaded', type: 'engine_overloaded', param: null, code: null } };
    const fault: Fault = { kind: 'status', status: 529, body, headers: { 'x-should-retry': 'false' } };
    await expect(askWith(fault)).rejects.toMatchObject({ status: 529, type: 'engine_overloaded' });
  });

  it('200 with HTML arrives as a string, half a JSON as a SyntaxError', async () => {
    expect(await askWith({ kind: 'html' })).toContain('<!DOCTYPE html>');
    await expect(askWith({ kind: 'truncated_json' })).rejects.toBeInstanceOf(SyntaxError);
    expect(server.counts()).toMatchObject({ billed: 1, byStatus: { 200: 2 } });
  });

  it.each(['request', 'headers', 'body'] as const)('a connection reset after the %s', async (after) => {
    await expect(askWith({ kind: 'reset', after })).rejects.toThrow(after === 'request' ? APIConnectionError : Error);
    await expect.poll(() => server.calls[0]).toMatchObject({ status: null, billed: true, aborted: false });
    expect(await ask()).toMatchObject({ object: 'chat.completion' });
  });

  it('no answer until the client gives up, or a late one', async () => {
    server.inject({ kind: 'hang' });
    const patience = new AbortController();
    const call = client.chat.completions.create(stanceRequest('x'), { signal: patience.signal });
    const failed = expect(call).rejects.toBeInstanceOf(APIUserAbortError);
    await expect.poll(() => server.counts().byFault).toEqual({ hang: 1 });
    patience.abort();
    await failed;
    const start = performance.now();
    await askWith({ kind: 'hang', ms: 80 });
    expect(performance.now() - start).toBeGreaterThan(75);
  });
});

describe('a fault in the answer', () => {
  it('no choices, no usage, members left out', async () => {
    expect((await askWith({ kind: 'empty_choices' })).choices).toEqual([]);
    expect(await askWith({ kind: 'missing_usage' })).not.toHaveProperty('usage');
    const bare = await askWith({ kind: 'without', members: ['refusal', 'logprobs', 'system_fingerprint'] });
    expect(bare).not.toHaveProperty('system_fingerprint');
    expect(bare.choices[0]?.message).not.toHaveProperty('refusal');
  });

  it('a refusal, a filter, a cut and words that are no answer', async () => {
    expect((await askWith({ kind: 'refusal' })).choices[0]).toMatchObject({
      message: { content: null, refusal: "I'm sorry, I can't assist with that request." },
      finish_reason: 'stop',
    });
    expect((await askWith({ kind: 'content_filter' })).choices[0]).toMatchObject({
      message: { content: null },
      finish_reason: 'content_filter',
    });
    const cut = (await askWith({ kind: 'length' })).choices[0];
    expect(cut?.finish_reason).toBe('length');
    expect(() => JSON.parse(cut?.message.content ?? '')).toThrow(SyntaxError);
    const invented = await askWith({ kind: 'content', content: '{"label":"oppose"}' });
    expect(invented.choices[0]?.message.content).toBe('{"label":"oppose"}');
  });
});

describe('which requests a fault hits', () => {
  it('the first one that matches, after as many as it skips, as often as it says', async () => {
    server.inject({ fault: { kind: 'server_error' }, containing: 'b', skip: 1, times: 2 });
    await askAll(['a', 'b', 'b', 'a', 'b', 'b']);
    expect(statuses()).toEqual([200, 200, 500, 200, 500, 200]);
    expect(server.pendingFaults).toEqual([]);
  });

  it('every n-th for ever', async () => {
    server.inject({ fault: { kind: 'server_error' }, every: 3 });
    await askAll(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(statuses()).toEqual([200, 200, 500, 200, 200, 500, 200]);
    expect(server.pendingFaults).toHaveLength(1);
  });

  it('those that a predicate picks, and one fault after the other', async () => {
    server.inject({ fault: { kind: 'server_error' }, when: ({ body }) => body.seed === 7 }, { kind: 'rate_limit' });
    await askAll(['a']);
    await client.chat.completions.create(stanceRequest('a', { seed: 7 })).catch(() => {});
    expect(statuses()).toEqual([429, 500]);
  });

  it('never one that is refused anyway, nor a transcription with a fault of chats', async () => {
    server.inject({ kind: 'refusal' });
    await client.chat.completions.create(stanceRequest('x', { model: 'gpt-9' })).catch(() => {});
    await transcribe();
    expect(statuses()).toEqual([404, 200]);
    expect(server.pendingFaults).toHaveLength(1);
  });
});

it('faults hit transcriptions too', async () => {
  server.inject({ kind: 'missing_usage' }, { kind: 'truncated_json' });
  expect(await transcribe()).toEqual({ text: expect.any(String) });
  await expect(transcribe()).rejects.toBeInstanceOf(SyntaxError);
});
