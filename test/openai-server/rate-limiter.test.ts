import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { readChatRequest } from './chat-endpoint.ts';
import { OpenAIServer } from './openai-server.ts';
import { PromptCache } from './prompt-cache.ts';
import { durationText, RateLimiter, type Limits } from './rate-limiter.ts';
import { stanceRequest } from './stance-request.ts';

// 17 prompt tokens by the server's count, and 83 reserved: 100 tokens a request.
const bytes = Buffer.from(JSON.stringify(stanceRequest('', { max_tokens: 82 })));
const upload = { bytes, contentType: 'application/json', bytesDigest: '0'.repeat(64) };
const request = readChatRequest(upload, new PromptCache());

const limiterAt = (limits: Limits) => {
  const clock = { now: 0 };
  return { clock, limiter: new RateLimiter(limits, () => clock.now) };
};

it('lets a minute of requests through at once and then one each time it has refilled', () => {
  const { clock, limiter } = limiterAt({ requestsPerMinute: 3 });
  for (let sent = 0; sent < 3; sent += 1) limiter.take(request);
  expect(() => limiter.take(request)).toThrow('Please try again in 20000ms.');
  clock.now = 20_000;
  limiter.take(request);
  expect(() => limiter.take(request)).toThrow('on requests per min');
});

it('can allow less at once', () => {
  const { limiter } = limiterAt({ requestsPerMinute: 600, burst: 1 / 600 });
  limiter.take(request);
  expect(() => limiter.take(request)).toThrow('try again in 100ms');
});

it('counts the tokens of the prompt and those that the answer may have', () => {
  expect(request.promptTokens + request.reservedTokens).toBe(100);
  const { limiter } = limiterAt({ tokensPerMinute: 250 });
  limiter.take(request);
  limiter.take(request);
  expect(() => limiter.take(request)).toThrow('on tokens per min. Please try again in 12000ms.');
  expect(limiter.headers(request.model)).toMatchObject({
    'x-ratelimit-limit-tokens': '250',
    'x-ratelimit-remaining-tokens': '50',
    'x-ratelimit-reset-tokens': '48s',
  });
});

it('gives no time to wait to a request that will never fit', () => {
  const { limiter } = limiterAt({ tokensPerMinute: 99 });
  expect(() => limiter.take(request)).toThrow(/on tokens per min\.$/);
});

it('writes durations as the headers do', () => {
  expect([0, 11.2, 1500, 60_000, 361_200].map(durationText)).toEqual(['0ms', '12ms', '1.5s', '1m0s', '6m1.2s']);
});

it('limits a server and says so in every answer', async () => {
  await using server = await OpenAIServer.start({ limits: { requestsPerMinute: 2 } });
  const client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });
  const ask = () => client.chat.completions.create(stanceRequest('x'));
  const { response } = await ask().withResponse();
  expect(response.headers.get('x-ratelimit-limit-requests')).toBe('2');
  expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('1');
  expect(response.headers.get('x-ratelimit-reset-requests')).toMatch(/^(30s|29\.\d+s)$/);
  await ask();
  await expect(ask()).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  expect(server.counts().byStatus).toEqual({ 200: 2, 429: 1 });
});
