import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leanFetch } from '../../../activities/models/lean-fetch.ts';

/** What a server gets and gives by the web's `fetch` it gets and gives by ours. */
const seen: { method: string | undefined; headers: IncomingMessage['headers']; body: string }[] = [];
const server = createServer((request, response) => {
  void answer(request, response);
});
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  seen.push({ method: request.method, headers: request.headers, body: await text(request) });
  if (request.url === '/hang') return;
  if (request.url === '/empty') {
    response.writeHead(204).end();
    return;
  }
  response.writeHead(request.url === '/429' ? 429 : 200, { 'x-request-id': 'req_1', 'set-cookie': ['a=1', 'b=2'] });
  response.end('{"ñ":"😀"}');
}
let url: string;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const post = { method: 'POST', headers: { 'X-Own': 'value', 'content-type': 'application/json' }, body: '{"a":"ñ"}' };

it.each(['/ok', '/429', '/empty'])('sends and receives as the web’s fetch does: %s', async (path) => {
  const responses = [await fetch(url + path, post), await leanFetch()(url + path, post)];
  const [web, lean] = await Promise.all(
    responses.map(async (response) => ({
      status: response.status,
      ok: response.ok,
      id: response.headers.get('x-request-id'),
      cookies: response.headers.getSetCookie(),
      body: await response.text(),
    })),
  );
  expect(lean).toEqual(web);
  const [byWeb, byLean] = seen.slice(-2);
  expect({ ...byLean, headers: { own: byLean!.headers['x-own'], type: byLean!.headers['content-type'] } }).toEqual({
    ...byWeb,
    headers: { own: byWeb!.headers['x-own'], type: byWeb!.headers['content-type'] },
  });
});

it('asks for an answer that needs no unpacking, whatever headers are declared', async () => {
  await leanFetch()(`${url}/ok`, { ...post, headers: { ...post.headers, 'Accept-Encoding': 'gzip' } });
  expect(seen.at(-1)!.headers['accept-encoding']).toBe('identity');
});

it('reads the answer in every form, as often as asked', async () => {
  const response = await leanFetch()(`${url}/ok`, post);
  const sent = '{"ñ":"😀"}';
  expect(await response.text()).toBe(sent);
  expect(await response.json()).toEqual({ ñ: '😀' });
  expect(Buffer.from(await response.arrayBuffer()).toString()).toBe(sent);
  expect(Buffer.from(await response.bytes()).toString()).toBe(sent);
});

it('says what went wrong where nobody answers', async () => {
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  await expect(leanFetch()(`http://127.0.0.1:${port}/`, post)).rejects.toThrow('ECONNREFUSED');
});

it('ends with the signal’s reason', async () => {
  const ending = new AbortController();
  const asked = leanFetch()(`${url}/hang`, { ...post, signal: ending.signal });
  setTimeout(() => ending.abort(new Error('enough')), 50);
  await expect(asked).rejects.toThrow('enough');
  const before = leanFetch()(`${url}/ok`, { ...post, signal: AbortSignal.abort(new Error('too late')) });
  await expect(before).rejects.toThrow('too late');
});

it('sends forms, whose files are streams, by the web’s fetch', async () => {
  const form = new FormData();
  form.set('file', new File(['sound'], 'audio.wav'));
  expect((await leanFetch()(`${url}/ok`, { method: 'POST', body: form })).status).toBe(200);
  expect(seen.at(-1)!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(seen.at(-1)!.body).toContain('sound');
});
