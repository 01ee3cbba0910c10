import { afterAll, describe, expect, it } from 'vitest';
import { OpenAIServer } from './openai-server.ts';
import { rawRequest } from './raw-request.ts';
import { stanceRequest } from './stance-request.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const chat = (changes: object) => rawRequest(server, '/chat/completions', { ...stanceRequest('hola'), ...changes });

describe('parameters of a chat completion', () => {
  it.each([
    ['unknown', { top_k: 5 }, 'unknown_parameter', 'top_k', "Unknown parameter: 'top_k'."],
    ['no model', { model: undefined }, 'missing_required_parameter', 'model', "Missing required parameter: 'model'."],
    ['no messages', { messages: [] }, 'empty_array', 'messages', "Invalid 'messages': empty array."],
    ['a wrong type', { seed: 'one' }, 'invalid_type', 'seed', 'expected an integer, but got a string'],
    [
      'a seed that is no integer',
      { seed: 0.5 },
      'invalid_type',
      'seed',
      'expected an integer, but got a decimal number',
    ],
    ['too warm', { temperature: 3 }, 'decimal_above_max_value', 'temperature', 'Expected a value <= 2, but got 3'],
    ['no tokens', { max_tokens: 0 }, 'integer_below_min_value', 'max_tokens', 'Expected a value >= 1, but got 0'],
    ['too many tokens', { max_tokens: 20_000 }, 'invalid_value', 'max_tokens', 'at most 16384 completion tokens'],
    [
      'both limits',
      { max_tokens: 5, max_completion_tokens: 5 },
      'invalid_parameter_combination',
      'max_tokens',
      'at the same time',
    ],
    ['five stops', { stop: ['1', '2', '3', '4', '5'] }, 'array_above_max_length', 'stop', 'maximum length 4'],
    ['an unknown tier', { service_tier: 'cheap' }, 'invalid_value', 'service_tier', "Invalid value: 'cheap'."],
    [
      'effort without reasoning',
      { reasoning_effort: 'low' },
      null,
      null,
      'Unrecognized request argument supplied: reasoning_effort',
    ],
    ['tools', { tools: [] }, 'not_played', null, "does not play 'tools'"],
    ['a stream', { stream: true }, 'not_played', null, "does not play 'stream'"],
  ])('refuses %s', async (_what, changes, code, param, message) => {
    expect(await chat(changes)).toMatchObject({ status: 400, code, param, message: expect.stringContaining(message) });
  });

  it('knows no model that does not exist', async () => {
    expect(await chat({ model: 'gpt-9' })).toMatchObject({
      status: 404,
      type: 'invalid_request_error',
      code: 'model_not_found',
      message: 'The model `gpt-9` does not exist or you do not have access to it.',
    });
    expect(await chat({ model: 'whisper-1' })).toMatchObject({ status: 404, param: 'model' });
  });

  it.each(['o3-mini', 'o4-mini', 'gpt-5', 'gpt-5.4-nano', 'gpt-6-luna'])(
    'are fewer for %s, which reasons',
    async (model) => {
      expect(await chat({ model, max_tokens: 100 })).toMatchObject({
        code: 'unsupported_parameter',
        message:
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      });
      expect(await chat({ model, temperature: 0 })).toMatchObject({
        code: 'unsupported_value',
        message:
          "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
      });
      expect(await chat({ model, top_p: 0.5 })).toMatchObject({ code: 'unsupported_value', param: 'top_p' });
      expect(await chat({ model, stop: 'x' })).toMatchObject({ code: 'unsupported_parameter', param: 'stop' });
      expect(await chat({ model, temperature: 1, seed: 7, max_completion_tokens: 500 })).toMatchObject({ status: 200 });
    },
  );

  it('are as many as without reasoning for a model that was told not to reason, or doesn’t unless told to', async () => {
    const sampled = { temperature: 0, top_p: 0.5, presence_penalty: 1, stop: 'x' };
    expect(await chat({ model: 'gpt-5.1', ...sampled })).toMatchObject({ status: 200 });
    expect(await chat({ model: 'gpt-5.5', ...sampled, reasoning_effort: 'none' })).toMatchObject({ status: 200 });
    expect(await chat({ model: 'gpt-5.1', ...sampled, reasoning_effort: 'low' })).toMatchObject({ status: 400 });
    expect(await chat({ model: 'gpt-5.1', max_tokens: 100 })).toMatchObject({ code: 'unsupported_parameter' });
  });

  it('may be null where the SDK says so', async () => {
    const nothing = { temperature: null, max_tokens: null, seed: null, stop: null, n: null, stream: null };
    expect(await chat(nothing)).toMatchObject({ status: 200 });
  });
});
