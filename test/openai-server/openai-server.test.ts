import { hash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import OpenAI from 'openai';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { OpenAIServer } from './openai-server.ts';
import { pngDataUrl } from './png-image.ts';
import { stanceRequest } from './stance-request.ts';

const server = await OpenAIServer.start();
const client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });

beforeEach(() => {
  server.reset();
  server.configure({ latencyMs: 0, limits: {} });
});
afterAll(() => server.close());

const contentOf = async (request = stanceRequest('marcha')): Promise<string> => {
  const completion = await client.chat.completions.create(request);
  return completion.choices[0]?.message.content ?? '';
};

const imageTokensOf = async (url: string, detail: 'low' | 'high'): Promise<number | undefined> => {
  const content = [{ type: 'image_url' as const, image_url: { url, detail } }];
  const { usage } = await client.chat.completions.create(stanceRequest('', { messages: [{ role: 'user', content }] }));
  return usage?.prompt_tokens_details?.image_tokens;
};

describe('a chat completion', () => {
  it('has every member that the real one has', async () => {
    const { data, response, request_id } = await client.chat.completions
      .create(stanceRequest('Vamos a la plaza', { model: 'gpt-4o', max_completion_tokens: 300 }))
      .withResponse();
    expect(data).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{32}$/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'gpt-4o-2024-08-06',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.any(String), refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 22,
        completion_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0, text_tokens: 22, image_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: 'default',
      system_fingerprint: expect.stringMatching(/^fp_[0-9a-f]{10}$/),
    });
    expect(request_id).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('1000000000');
  });

  it('follows the schema, is the same for the same bytes and differs for others', async () => {
    const first = await contentOf(stanceRequest('uno'));
    expect(JSON.parse(first)).toEqual({
      label: expect.stringMatching(/^(support|no support|neutral)$/),
      rationale: expect.any(String),
    });
    expect(await contentOf(stanceRequest('uno'))).toBe(first);
    expect(await contentOf(stanceRequest('dos'))).not.toBe(first);
  });

  it('counts images as gpt-4o does', async () => {
    expect(await imageTokensOf(pngDataUrl(768, 1365), 'low')).toBe(85);
    expect(await imageTokensOf(pngDataUrl(512, 512), 'high')).toBe(255);
    expect(await imageTokensOf(pngDataUrl(768, 1365), 'high')).toBe(85 + 170 * 2 * 3);
  });

  it('is cut off at the limit of tokens, which reasoning counts towards', async () => {
    server.configure({ answer: () => 'una respuesta de treinta y dos letras' });
    const cut = await client.chat.completions.create(stanceRequest('x', { max_completion_tokens: 2 }));
    expect(cut.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'una resp' } });
    const thinking = await client.chat.completions.create(
      stanceRequest('x', { model: 'o4-mini', max_completion_tokens: 50 }),
    );
    expect(thinking.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } });
    expect(thinking.usage).toMatchObject({
      completion_tokens: 50,
      completion_tokens_details: { reasoning_tokens: 50 },
    });
    server.configure({ answer: () => undefined });
  });

  it('reports a prompt whose beginning came before as cached', async () => {
    const instructions = 'Responde siempre en español. '.repeat(200);
    const cachedFor = async (text: string): Promise<number | undefined> => {
      const { usage } = await client.chat.completions.create(stanceRequest(instructions + text));
      return usage?.prompt_tokens_details?.cached_tokens;
    };
    expect([await cachedFor('uno'), await cachedFor('dos')]).toEqual([0, 1408]);
  });
});

describe('programmed answers', () => {
  it('come from rules, then from the callback, then from the digest', async () => {
    server.configure({ answer: ({ text }) => (text.includes('dos') ? { label: 'neutral' } : undefined) });
    server.answerWith({ containing: 'tres', answer: 'not JSON at all' });
    expect(await contentOf(stanceRequest('tres y dos'))).toBe('not JSON at all');
    expect(await contentOf(stanceRequest('dos'))).toBe('{"label":"neutral"}');
    expect(await contentOf(stanceRequest('uno'))).toContain('rationale');
  });

  it('that throw are an error which no client retries and which says where', async () => {
    server.configure({
      answer: () => {
        throw new Error('mistake in the test');
      },
    });
    await expect(contentOf()).rejects.toMatchObject({
      status: 400,
      code: 'test_server_error',
      message: expect.stringContaining('openai-server.test.ts'),
    });
    server.configure({ answer: () => undefined });
  });
});

describe('the record of calls', () => {
  it('has the parsed body, the digest of the exact bytes and what became of it', async () => {
    const body = JSON.stringify(stanceRequest('señal 📣'));
    const headers = { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' };
    await fetch(`${server.url}/chat/completions`, { method: 'POST', headers, body });
    expect(server.calls).toMatchObject([
      {
        number: 1,
        method: 'POST',
        path: '/v1/chat/completions',
        model: 'gpt-4o-2024-11-20',
        bytesDigest: hash('sha256', body),
        body: JSON.parse(body),
        status: 200,
        errorCode: null,
        fault: null,
        billed: true,
        aborted: false,
        concurrency: 1,
      },
    ]);
  });

  it('counts repeats, refusals and the most that was under way at once', async () => {
    server.configure({ latencyMs: { from: 250, to: 300 } });
    await Promise.all(['a', 'b', 'c', 'a'].map((text) => contentOf(stanceRequest(text))));
    await expect(contentOf(stanceRequest('a', { model: 'gpt-9' }))).rejects.toMatchObject({ status: 404 });
    expect(server.counts()).toEqual({
      total: 5,
      batchLines: 0,
      billed: 4,
      distinct: 3,
      aborted: 0,
      inFlight: 0,
      highWater: 4,
      byStatus: { 200: 4, 404: 1 },
      byModel: { 'gpt-4o-2024-11-20': 4 },
      byPath: { '/v1/chat/completions': 5 },
      byFault: {},
    });
  });

  it('counts an answer that the client no longer waited for as billed', async () => {
    server.configure({ latencyMs: 5000 });
    const patience = new AbortController();
    const call = client.chat.completions.create(stanceRequest('x'), { signal: patience.signal });
    const failed = expect(call).rejects.toThrow('aborted');
    await expect.poll(() => server.counts().billed).toBe(1);
    patience.abort();
    await failed;
    await expect.poll(() => server.counts()).toMatchObject({ billed: 1, aborted: 1, inFlight: 0, byStatus: {} });
  });

  it('has no status for a client that left in the middle of its upload', async () => {
    const headers = { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' };
    const upload = httpRequest(`${server.url}/chat/completions`, { method: 'POST', headers }).on('error', () => {});
    upload.write('{"model":');
    await expect.poll(() => server.counts().inFlight).toBe(1);
    upload.destroy();
    await expect.poll(() => server.calls).toMatchObject([{ status: null, billed: false, aborted: true }]);
  });

  it('keeps the bodies of the newest calls only', async () => {
    await using small = await OpenAIServer.start({ keepBodies: 2 });
    const own = new OpenAI({ baseURL: small.url, apiKey: small.apiKey, maxRetries: 0 });
    for (const text of ['a', 'b', 'c']) await own.chat.completions.create(stanceRequest(text));
    expect(small.calls.map(({ body }) => body === null)).toEqual([true, false, false]);
  });
});

it('closes at once, whoever still waits', async () => {
  const own = await OpenAIServer.start({ faults: [{ kind: 'hang' }] });
  const waiting = new OpenAI({ baseURL: own.url, apiKey: own.apiKey, maxRetries: 0 }).chat.completions.create(
    stanceRequest('x'),
  );
  const failed = expect(waiting).rejects.toThrow('Connection error.');
  await expect.poll(() => own.counts().inFlight).toBe(1);
  await own.close();
  await own.close();
  await failed;
});
