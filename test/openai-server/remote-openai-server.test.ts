import OpenAI, { toFile } from 'openai';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { RemoteOpenAIServer } from './remote-openai-server.ts';
import { stanceRequest } from './stance-request.ts';

const server = await RemoteOpenAIServer.start({ keepBodies: 10 });
const client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });
beforeEach(() => server.reset());
afterAll(() => server.close());

const ask = (text: string) => client.chat.completions.create(stanceRequest(text));

it('takes faults and answers and gives counts and calls over HTTP', async () => {
  await server.inject({ kind: 'server_error' }, { fault: { kind: 'refusal' }, containing: 'dos' });
  await server.answerWith({ containing: 'uno', answer: { label: 'neutral', rationale: 'x' } });
  await expect(ask('uno')).rejects.toMatchObject({ status: 500 });
  expect((await ask('uno')).choices[0]?.message.content).toBe('{"label":"neutral","rationale":"x"}');
  expect(await server.pendingFaults()).toEqual([{ fault: { kind: 'refusal' }, containing: 'dos' }]);
  expect((await ask('dos')).choices[0]?.message.refusal).toContain('sorry');
  expect(await server.counts()).toMatchObject({ total: 3, billed: 2, distinct: 2, byStatus: { 200: 2, 500: 1 } });
  const calls = await server.calls({ after: 1, bodies: true });
  expect(calls.map(({ number, fault }) => [number, fault])).toEqual([
    [2, null],
    [3, 'refusal'],
  ]);
  expect(calls[0]?.body).toEqual(stanceRequest('uno'));
});

it('forgets on reset but keeps its settings', async () => {
  await server.configure({ latencyMs: 60, limits: { requestsPerMinute: 1 } });
  await ask('x');
  await server.reset();
  const start = performance.now();
  await ask('x');
  expect(performance.now() - start).toBeGreaterThan(55);
  await expect(ask('x')).rejects.toMatchObject({ status: 429 });
  expect(await server.counts()).toMatchObject({ total: 2 });
  await server.configure({ latencyMs: 0, limits: {} });
});

it('holds batches, lets them go on or expire, and shows them with their files', async () => {
  await server.configure({ batchMs: 'held' });
  const url = '/v1/chat/completions' as const;
  const lines = ['uno', 'dos', 'tres'].map((id) => ({ custom_id: id, method: 'POST', url, body: stanceRequest(id) }));
  const bytes = Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'));
  const file = await client.files.create({ file: await toFile(bytes, 'a.jsonl'), purpose: 'batch' });
  const { id } = await client.batches.create({ input_file_id: file.id, endpoint: url, completion_window: '24h' });
  await server.releaseBatches(1);
  await expect.poll(() => server.batches()).toMatchObject([{ id, request_counts: { total: 3, completed: 1 } }]);
  await server.expireBatches();
  await expect.poll(() => server.batches()).toMatchObject([{ status: 'expired' }]);
  expect((await server.files()).map(({ purpose }) => purpose)).toEqual(['batch', 'batch_output', 'batch_output']);
  expect(await server.counts()).toMatchObject({ batchLines: 1, billed: 1 });
});

it('refuses a command that it does not know', async () => {
  const control = new URL('/__control', server.url);
  const response = await fetch(control, { method: 'POST', body: '{"do":"explode"}' });
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: 'TypeError: no such command: {"do":"explode"}' },
  ]);
});

it('ends cleanly, by command or by its owner', async () => {
  const own = await RemoteOpenAIServer.start();
  await fetch(new URL('/__control', own.url), { method: 'POST', body: '{"do":"close"}' });
  await own.close();
  await expect(fetch(own.url)).rejects.toThrow('fetch failed');
});
