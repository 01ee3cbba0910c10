import { afterAll, describe, expect, it } from 'vitest';
import { OpenAIServer } from './openai-server.ts';
import { rawRequest } from './raw-request.ts';
import { stanceRequest } from './stance-request.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const request = stanceRequest('hola');
const post = (path: string, body: string | object, headers: Record<string, string> = {}) =>
  rawRequest(server, path, body, headers);

describe('who may ask', () => {
  it('refuses a request without a key', async () => {
    expect(await post('/chat/completions', request, { authorization: '' })).toMatchObject({
      status: 401,
      type: 'invalid_request_error',
      code: null,
      message: expect.stringContaining("You didn't provide an API key"),
    });
  });
  it('refuses a wrong key and shows only its ends', async () => {
    const headers = { authorization: 'Bearer sk-abcdefghijkl' };
    expect(await post('/chat/completions', request, headers)).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      message: 'Incorrect API key provided: sk-a****ijkl.',
    });
  });
});

describe('what is no request', () => {
  it.each([
    ['an unknown address', () => post('/chat/completion', {}), 404, null, 'Invalid URL (POST /v1/chat/completion)'],
    ['a wrong method', () => post('/models', {}), 405, 'method_not_supported', 'Not allowed to POST'],
    [
      'another content type',
      () => post('/chat/completions', '{}', { 'content-type': 'text/plain' }),
      400,
      'unsupported_content_type',
      'Invalid Content-Type header (text/plain)',
    ],
    ['half of a JSON text', () => post('/chat/completions', '{"model":'), 400, null, 'could not parse the JSON body'],
    [
      'half of an emoji',
      () => post('/chat/completions', '{"model":"\\ud83d"}'),
      400,
      null,
      'could not parse the JSON body',
    ],
    ['an array', () => post('/chat/completions', '[]'), 400, null, 'could not parse the JSON body'],
  ])('refuses %s', async (_what, send, status, code, message) => {
    expect(await send()).toMatchObject({ status, code, message: expect.stringContaining(message) });
  });
});
