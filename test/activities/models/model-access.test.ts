import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createClientPool } from '../../../activities/models/client-pool.ts';
import { requestKey } from '../../../activities/models/request-key.ts';
import { NotMade } from '../../../activities/step-kind.ts';
import { GettokError } from '../../../manifests/gettok-error.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import { gpt, hello, limits, ModelBench } from './model-bench.ts';

const SECRET = 'sk-a-very-secret-key-0123456789';
const server = await OpenAIServer.start({ apiKeys: [SECRET] });
beforeEach(() => server.reset());
afterAll(() => server.close());

const refusal = async (bench: ModelBench, model = gpt) => {
  const error: unknown = await bench
    .models()
    .ask(model, hello(), { ...limits, tries: 5 })
    .catch((thrown: unknown) => thrown);
  // Non-retryable is what the engine makes of a GettokError that doesn't pass.
  expect(error).toBeInstanceOf(GettokError);
  expect(error).not.toHaveProperty('passing');
  return error as GettokError;
};

describe('what stops the run', () => {
  it('is a refused key', async () => {
    const bench = await ModelBench.start(server, { OPENAI_API_KEY: 'sk-wrong' });
    expect((await refusal(bench)).message).toBe(
      `The server at ${server.url} refused the key in OPENAI_API_KEY (401). Nothing was paid since. Every answer until now is kept.\n` +
        'Set a working key, then  gettok run  goes on where it stopped.',
    );
    expect(server.counts().total).toBe(1);
  });

  it.each([
    [
      'no credit',
      { kind: 'insufficient_quota' },
      /^The account of OPENAI_API_KEY at .* has no credit left \(429 insufficient_quota\)/,
    ],
    [
      'a model not allowed',
      { kind: 'status', status: 403, body: {} },
      /doesn't let the key in OPENAI_API_KEY use gpt-4o/,
    ],
    ['a payment due', { kind: 'status', status: 402, body: {} }, /has no credit left \(402 payment required\)/],
  ] as const)('is %s, without a second try', async (_what, fault, message) => {
    const bench = await ModelBench.start(server);
    server.inject(fault);
    expect(await refusal(bench)).toMatchObject({ name: 'ModelAccessError', message: expect.stringMatching(message) });
    expect(server.counts().total).toBe(1);
  });

  it('is an unknown model', async () => {
    const bench = await ModelBench.start(server);
    const model = { ...gpt, model: 'gpt-9' };
    const request = { ...hello(), body: { ...hello().body, model: 'gpt-9' } };
    await expect(bench.models().ask(model, request, limits)).rejects.toMatchObject({
      name: 'UnknownModelError',
      message: expect.stringMatching(/knows no model gpt-9, .*\(404\)\. Correct the model under models/),
    });
  });

  it('is an address where nothing speaks the protocol', async () => {
    const bench = await ModelBench.start(server);
    const elsewhere = { ...gpt, base_url: server.url.replace('/v1', '/v2'), api_key_env: 'OPENAI_API_KEY' };
    expect((await refusal(bench, elsewhere)).message).toMatch(/is no OpenAI-compatible server \(404\)/);
  });

  it('is OpenAI without a key, before anything is sent', () => {
    const pool = createClientPool({ env: {} });
    expect(() => pool.endpoint(gpt)).toThrow(
      'OpenAI wants a key for gpt-4o-2024-11-20, and OPENAI_API_KEY is not set. Nothing was paid.',
    );
    expect(() => pool.endpoint({ ...gpt, api_key_env: 'MY_KEY' })).toThrow('MY_KEY is not set');
  });
});

describe('a key', () => {
  it('is in no message and in no stored object', async () => {
    const bench = await ModelBench.start(server);
    const leaking = { error: { message: `bad header: Bearer ${SECRET}`, code: null } };
    server.inject({ kind: 'status', status: 400, body: leaking });
    const made = await bench.models().ask(gpt, hello(), limits);
    expect(made).toBeInstanceOf(NotMade);
    expect(made).toMatchObject({ message: '400 bad header: Bearer [hidden]' });
    await bench.models().ask(gpt, hello(), limits);
    server.inject({ kind: 'status', status: 500, body: leaking });
    const error: unknown = await bench
      .models({ id: 'b' })
      .ask(gpt, hello(), limits)
      .catch((thrown: unknown) => thrown);
    expect(`${String(error)} ${JSON.stringify(error)} ${bench.stored}`).not.toContain(SECRET);
    expect(bench.stored).toContain('chat.completion');
  });

  it('goes to the server that the machine’s owner chose, and to none that a dataset names', async () => {
    await using stranger = await OpenAIServer.start({ apiKeys: ['other'] });
    const bench = await ModelBench.start(server, { OPENAI_API_KEY: SECRET, OTHER_KEY: 'other' });
    const named = { ...gpt, base_url: stranger.url };
    expect((await refusal(bench, named)).message).toMatch(/wants a key \(401\), and its entry under models names none/);
    expect(stranger.calls[0]!.headers.authorization).toBeUndefined();
    await bench.models().ask({ ...named, api_key_env: 'OTHER_KEY' }, hello(), limits);
    expect(stranger.calls[1]!.headers.authorization).toBe('Bearer other');
    await bench.models({ id: 'b' }).ask({ ...gpt, base_url: `${server.url}/` }, hello(), limits);
    expect(server.calls.map(({ status }) => status)).toEqual([200]);
  });
});

describe('headers of a model', () => {
  const azure = {
    ...gpt,
    headers: { 'x-team': 'stance' },
    headers_env: { 'api-key': 'AZURE_OPENAI_API_KEY' },
  };
  const AZURE = 'azure-secret-0123456789';

  it('go with every request, those of the environment too, and no key of ours does', async () => {
    await using gateway = await OpenAIServer.start({ apiKeys: [] });
    const bench = await ModelBench.start(server, { OPENAI_API_KEY: SECRET, AZURE_OPENAI_API_KEY: `${AZURE}\n` });
    await bench
      .models()
      .ask({ ...azure, base_url: gateway.url }, hello(), limits)
      .catch(() => null);
    expect(gateway.calls[0]!.headers).toMatchObject({ 'x-team': 'stance', 'api-key': AZURE });
    expect(gateway.calls[0]!.headers['authorization']).toBeUndefined();
  });

  it('may stand in for the key, in whatever case', async () => {
    await using basic = await OpenAIServer.start();
    const bench = await ModelBench.start(server, { BASIC: 'Basic YTpi' });
    const model = { ...gpt, base_url: basic.url, headers_env: { authorization: 'BASIC' } };
    await bench
      .models()
      .ask(model, hello(), limits)
      .catch(() => null);
    expect(basic.calls[0]!.headers.authorization).toBe('Basic YTpi');
  });

  it('are told apart: two entries of one server are asked each with its own', async () => {
    const bench = await ModelBench.start(server);
    for (const [id, team] of Object.entries({ a: 'one', b: 'two' }))
      await bench.models({ id }).ask({ ...gpt, headers: { 'x-team': team } }, hello(), limits);
    expect(server.calls.map(({ headers }) => headers['x-team'])).toEqual(['one', 'two']);
  });

  it('may hold a secret, which is in no message and in no stored object', async () => {
    const bench = await ModelBench.start(server, { OPENAI_API_KEY: SECRET, AZURE_OPENAI_API_KEY: AZURE });
    server.inject({ kind: 'status', status: 400, body: { error: { message: `bad ${AZURE} ${SECRET}` } } });
    expect(await bench.models().ask(azure, hello(), limits)).toMatchObject({ message: '400 bad [hidden] [hidden]' });
    await bench.models().ask(azure, hello(), limits);
    expect(bench.stored).not.toContain(AZURE);
  });

  it('stop the run when their variable isn’t set, or what it holds is refused', async () => {
    const without = createClientPool({ env: { OPENAI_API_KEY: SECRET } });
    expect(() => without.endpoint(azure)).toThrow('AZURE_OPENAI_API_KEY is not set. Nothing was paid.');
    const bench = await ModelBench.start(server, { AZURE_OPENAI_API_KEY: 'wrong' });
    expect((await refusal(bench, { ...azure, base_url: server.url })).message).toContain(
      'refused the key in AZURE_OPENAI_API_KEY (401)',
    );
  });

  it('are in no key', () => {
    expect(requestKey(azure, hello())).toBe(requestKey(gpt, hello()));
  });
});

describe('an engine', () => {
  const pool = createClientPool({ env: { OPENAI_API_KEY: SECRET }, baseUrl: server.url });
  it('is available where a server answers, even when it wants a key', async () => {
    expect(await pool.engineAvailable(gpt)).toBe(true);
    expect(await createClientPool({ env: {}, baseUrl: server.url }).engineAvailable(gpt)).toBe(true);
  });
  it('of this machine is where it was said to run', async () => {
    const local = { ...gpt, provider: 'local' } as const;
    expect(await createClientPool({ env: {}, localUrl: server.url }).engineAvailable(local)).toBe(true);
    expect(await createClientPool({ env: {} }).engineAvailable(local)).toBe(false);
  });
  it('isn’t where none answers, nor a baseline, which has no models of speech', async () => {
    const gone = await OpenAIServer.start();
    await gone.close();
    expect(await pool.engineAvailable({ ...gpt, base_url: gone.url })).toBe(false);
    expect(await pool.engineAvailable({ ...gpt, provider: 'baseline' })).toBe(false);
    expect(await createClientPool({ env: {} }).engineAvailable(gpt)).toBe(false);
  });
});
