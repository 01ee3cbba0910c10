import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createResearchApi } from '../../../activities/tiktok/create-research-api.ts';

interface Seen {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Answer = (seen: Seen, response: ServerResponse) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers tokens and queries as told, and remembers what it was asked. */
async function start(answers: { readonly token?: Answer; readonly query?: Answer } = {}) {
  const seen: Seen[] = [];
  let tokens = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const one = { url: request.url!, headers: request.headers, body };
      seen.push(one);
      response.setHeader('Content-Type', 'application/json');
      if (one.url === '/v2/oauth/token/') {
        tokens += 1;
        if (answers.token) return answers.token(one, response);
        return void response.end(
          JSON.stringify({ access_token: `clt.${tokens}`, expires_in: 7200, token_type: 'Bearer' }),
        );
      }
      if (answers.query) return answers.query(one, response);
      response.end('{"data":{"n":9007199254740993},"error":{"code":"ok","message":"","log_id":"L"}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  let now = Date.UTC(2026, 10, 25);
  const api = createResearchApi({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    clientKey: 'key-1',
    clientSecret: 'se&cret',
    timeoutMs: 2000,
    now: () => now,
  });
  const send = (signal = new AbortController().signal) =>
    api.send({ endpoint: 'video/query', fields: ['id', 'create_time'], body: '{"a":1}' }, signal);
  return { api, seen, send, tokenRequests: () => tokens, later: (ms: number) => (now += ms) };
}

it('asks for a token by a form, and sends it with the query', async () => {
  const { api, seen, send } = await start();
  const reply = await send();
  expect(seen.map(({ url, body }) => [url, body])).toEqual([
    ['/v2/oauth/token/', 'client_key=key-1&client_secret=se%26cret&grant_type=client_credentials'],
    ['/v2/research/video/query/?fields=id,create_time', '{"a":1}'],
  ]);
  expect(seen[0]!.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(seen[1]!.headers).toMatchObject({ authorization: 'Bearer clt.1', 'content-type': 'application/json' });
  expect(api.read(reply)).toMatchObject({ kind: 'ok', data: { n: 9007199254740993n } });
});

it('renews the token ten minutes before its two hours end, once however many ask', async () => {
  const { send, later, tokenRequests } = await start();
  await Promise.all([send(), send(), send()]);
  later(6_599_000);
  await send();
  expect(tokenRequests()).toBe(1);
  later(1000);
  const replies = await Promise.all([send(), send()]);
  expect(tokenRequests()).toBe(2);
  expect(replies.map(({ token }) => token)).toEqual([2, 2]);
});

it('gets one new token for two requests whose token was refused', async () => {
  const { api, send, tokenRequests } = await start();
  const replies = await Promise.all([send(), send()]);
  api.dropToken(replies[0]);
  await send();
  api.dropToken(replies[1]);
  await send();
  expect(tokenRequests()).toBe(2);
});

describe('without a token', () => {
  const flat = (status: number, body: object): Answer => {
    return (_seen, response) => void response.writeHead(status).end(JSON.stringify(body));
  };

  it.each([
    ['refused', 401],
    ['refused with a status of success', 200],
  ])('says which variables to look at when the app is %s, and no secret', async (_how, status) => {
    const { send } = await start({
      token: flat(status, { error: 'invalid_client', error_description: 'se&cret of key-1 is wrong', log_id: 'L' }),
    });
    const error: Error = await send().then(
      () => expect.fail('a token came'),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ name: 'TikTokAccessError', code: 'invalid_client' });
    expect(error.message).toContain('TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET');
    expect(error.message).not.toMatch(/se&cret|key-1/);
  });

  it.each([
    ['a server error', flat(503, { error: 'server_error' })],
    ['a page of HTML', (_seen: Seen, response: ServerResponse) => void response.writeHead(502).end('<html>')],
  ])('lets the run try again after %s', async (_what, token) => {
    const { send } = await start({ token });
    await expect(send()).rejects.toMatchObject({ name: 'ApiUnreachableError', code: 'token_unavailable', sent: false });
  });
});

it.each([
  ['nothing there', (response: ServerResponse) => void response.writeHead(404).end('{"error":"not_found"}'), 404],
  ['a page of HTML', (response: ServerResponse) => void response.end('<!doctype html><p>Sign in</p>'), 200],
])('names the address that was set when there is %s', async (_what, answer, status) => {
  const { send } = await start({ token: (_seen, response) => answer(response) });
  await expect(send()).rejects.toMatchObject({
    name: 'ApiBaseUrlError',
    message: expect.stringMatching(
      new RegExp(
        `^TIKTOK_API_BASE_URL is "http://127.0.0.1:\\d+", where no access token is given \\(${status} for /v2/oauth/token/\\); .* unset it`,
      ),
    ),
  });
});

it('gives any reply as it came, and takes its own token out of messages', async () => {
  const { api, send } = await start({
    query: ({ headers }, response) =>
      void response
        .writeHead(500)
        .end(JSON.stringify({ error: { code: 'internal_error', message: `${headers.authorization} failed` } })),
  });
  const reply = await send();
  expect(reply.status).toBe(500);
  expect(api.read(reply)).toMatchObject({ kind: 'retry', message: 'Bearer [secret] failed' });
});

it('tells a reply that ends too early, or comes too late, from one', async () => {
  const broken = await start({
    query: (_seen, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('{"data":');
      setTimeout(() => response.destroy(), 20);
    },
  });
  await expect(broken.send()).rejects.toMatchObject({ name: 'ApiUnreachableError', code: 'unreachable', sent: true });
  const silent = await start({ query: () => {} });
  await expect(silent.send()).rejects.toMatchObject({ name: 'ApiUnreachableError', code: 'too_slow', sent: true });
});

it('says of a request that there was no connection for, and of one without a token, that it was not sent', async () => {
  const later = await start();
  await later.send();
  closing.pop()!();
  // The connection that there was may break under a request that was sent on it.
  await expect(later.send()).rejects.toMatchObject({ code: 'unreachable' });
  await expect(later.send()).rejects.toMatchObject({ code: 'unreachable', sent: false });
  const without = createResearchApi({ baseUrl: 'http://127.0.0.1:1', clientKey: 'key-1', clientSecret: 'se&cret' });
  const request = { endpoint: 'video/query', fields: ['id'], body: '{}' };
  await expect(without.send(request, new AbortController().signal)).rejects.toMatchObject({ sent: false });
});

it('ends at once when the run is cancelled', async () => {
  const ending = new AbortController();
  const { send } = await start({ query: () => ending.abort(new Error('cancelled')) });
  await expect(send(ending.signal)).rejects.toThrow('cancelled');
});

it('names the account by nothing that a secret could be found from', async () => {
  const { api } = await start();
  expect(api.account).toMatch(/^[0-9a-f]{16}$/);
});

it('refuses a base that is no URL', () => {
  expect(() => createResearchApi({ baseUrl: 'localhost:80', clientKey: '', clientSecret: '' })).toThrow(
    'TIKTOK_API_BASE_URL is "localhost:80"',
  );
});
