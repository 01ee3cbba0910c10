import OpenAI, { toFile } from 'openai';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { OpenAIServer } from '../openai-server.ts';
import { stanceRequest } from '../stance-request.ts';

const server = await OpenAIServer.start({ batchMs: 0 });
const client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });
beforeEach(() => {
  server.reset();
  server.configure({ batchMs: 0, batchLimits: {} });
});
afterAll(() => server.close());

const url = '/v1/chat/completions' as const;
const line = (customId: string, changes: object = {}, body: object = stanceRequest(customId)): string =>
  JSON.stringify({ custom_id: customId, method: 'POST', url, body, ...changes });

const upload = async (lines: readonly string[], name = 'requests.jsonl') =>
  client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), name), purpose: 'batch' });

async function create(lines: readonly string[], metadata: Record<string, string> | null = null) {
  const { id } = await upload(lines);
  return client.batches.create({ input_file_id: id, endpoint: url, completion_window: '24h', metadata });
}

async function ended(id: string) {
  await expect
    .poll(() => client.batches.retrieve(id))
    .toMatchObject({ status: expect.stringMatching(/^(completed|failed|expired|cancelled)$/) });
  return client.batches.retrieve(id);
}

interface WireLine {
  readonly custom_id: string;
  readonly response: { status_code: number; body: { choices: { message: { content: string } }[] } } | null;
  readonly error: { code: string } | null;
}

async function linesOf(file: string | null | undefined): Promise<WireLine[]> {
  if (!file) return [];
  const text = await (await client.files.content(file)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((each): WireLine => JSON.parse(each));
}

describe('a batch', () => {
  it('is answered line by line as online, in another order, and its lines are billed apart from calls', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const created = await create(
      ids.map((id) => line(id)),
      { key: 'k' },
    );
    expect(created).toMatchObject({
      object: 'batch',
      status: 'validating',
      metadata: { key: 'k' },
      output_file_id: null,
    });
    const batch = await ended(created.id);
    expect(batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 4, completed: 4, failed: 0 },
      error_file_id: null,
      model: 'gpt-4o-2024-11-20',
    });
    const lines = await linesOf(batch.output_file_id);
    expect(lines.map(({ custom_id: id }) => id).toSorted()).toEqual(ids);
    expect(lines.map(({ custom_id: id }) => id)).not.toEqual(ids);
    expect(server.counts()).toMatchObject({ batchLines: 4, billed: 4, distinct: 4, byPath: { '/v1/batches': 1 } });

    const online = await client.chat.completions.create(stanceRequest('a'));
    const inBatch = lines.find(({ custom_id: id }) => id === 'a')?.response;
    expect(inBatch?.body.choices[0]?.message.content).toBe(online.choices[0]?.message.content);
    expect(server.counts()).toMatchObject({ billed: 5, distinct: 4 });
  });

  it('waits, held, in progress, and answers as many lines as it is let', async () => {
    server.configure({ batchMs: 'held' });
    const { id } = await create(['a', 'b', 'c'].map((each) => line(each)));
    await expect.poll(() => client.batches.retrieve(id)).toMatchObject({ status: 'in_progress' });
    server.releaseBatches(2);
    await expect.poll(() => server.counts().batchLines).toBe(2);
    expect(await client.batches.retrieve(id)).toMatchObject({ request_counts: { total: 3, completed: 2 } });
    server.releaseBatches();
    expect(await ended(id)).toMatchObject({ status: 'completed' });
  });

  it('goes on at once when it is held no longer', async () => {
    server.configure({ batchMs: 'held' });
    const { id } = await create([line('a')]);
    server.configure({ batchMs: 0 });
    expect(await ended(id)).toMatchObject({ status: 'completed' });
  });

  it('keeps what it answered before it was cancelled, and can be cancelled no more afterwards', async () => {
    server.configure({ batchMs: 'held' });
    const { id } = await create(['a', 'b', 'c'].map((each) => line(each)));
    server.releaseBatches(1);
    await expect.poll(() => server.counts().billed).toBe(1);
    expect(await client.batches.cancel(id)).toMatchObject({ status: 'cancelling' });
    const batch = await ended(id);
    expect(batch).toMatchObject({ status: 'cancelled', cancelled_at: expect.any(Number), error_file_id: null });
    expect(await linesOf(batch.output_file_id)).toHaveLength(1);
    await expect(client.batches.cancel(id)).rejects.toMatchObject({ status: 409 });
  });

  it('lists the lines it never came to when its window closes', async () => {
    server.inject({ kind: 'batch_expired', lines: 2 });
    const batch = await ended((await create(['a', 'b', 'c'].map((each) => line(each)))).id);
    expect(batch).toMatchObject({ status: 'expired', request_counts: { total: 3, completed: 1, failed: 2 } });
    const codes = (await linesOf(batch.error_file_id)).map(({ response, error }) => [response, error?.code]);
    expect(codes).toEqual([
      [null, 'batch_expired'],
      [null, 'batch_expired'],
    ]);
  });

  it('puts refused lines into the error file, with the status they would have online', async () => {
    server.inject({ fault: { kind: 'rate_limit' }, batch: true, containing: 'b' });
    const wrong = line('c', {}, stanceRequest('c', { temperature: 9 }));
    const batch = await ended((await create([line('a'), line('b'), wrong])).id);
    expect(batch.request_counts).toEqual({ total: 3, completed: 1, failed: 2 });
    const lines = await linesOf(batch.error_file_id);
    expect(Object.fromEntries(lines.map((each) => [each.custom_id, each.response?.status_code]))).toEqual({
      b: 429,
      c: 400,
    });
    expect(lines.map(({ error }) => error)).toEqual([null, null]);
    expect(server.counts()).toMatchObject({ batchLines: 3, billed: 1 });
  });
});

describe('a batch fails its validation', () => {
  const other = { body: stanceRequest('b', { model: 'gpt-4o-mini' }) };
  it.each([
    ['half a line', [line('a'), '{"custom_id":'], 'invalid_json_line', 2],
    ['a custom_id given twice', [line('a'), line('b'), line('a')], 'duplicate_custom_id', 3],
    ['a custom_id of 65 characters', [line('x'.repeat(65))], 'invalid_custom_id', 1],
    ['another address', [line('a', { url: '/v1/embeddings' })], 'url_mismatch', 1],
    ['another method', [line('a', { method: 'GET' })], 'invalid_method', 1],
    ['two models', [line('a'), line('b', other)], 'model_mismatch', 2],
    ['no body', [line('a', { body: null })], 'invalid_body', 1],
    ['more lines than it takes', ['a', 'b', 'c', 'd'].map((id) => line(id)), 'too_many_tasks', null],
    ['more bytes than it takes', [line('a', {}, stanceRequest('x'.repeat(3000)))], 'file_too_large', null],
  ])('for %s', async (_what, lines, code, place) => {
    server.configure({ batchLimits: { requests: 3, bytes: 3000 } });
    const batch = await ended((await create(lines)).id);
    expect(batch).toMatchObject({ status: 'failed', output_file_id: null });
    expect(batch.errors?.data).toMatchObject([{ code, line: place }]);
    expect(server.counts()).toMatchObject({ batchLines: 0, billed: 0 });
  });

  it('when it is told to', async () => {
    const error = { code: 'token_limit_exceeded', message: 'Enqueued token limit reached' };
    server.inject({ kind: 'batch_failed', error });
    expect((await ended((await create([line('a')])).id)).errors?.data).toEqual([{ ...error, line: null, param: null }]);
  });
});

describe('batches', () => {
  it('are listed newest first, page by page', async () => {
    const ids: string[] = [];
    for (const id of ['a', 'b', 'c']) ids.unshift((await create([line(id)])).id);
    const listed: string[] = [];
    for await (const { id } of client.batches.list({ limit: 2 })) listed.push(id);
    expect(listed).toEqual(ids);
    await expect(client.batches.list({ limit: 101 })).rejects.toMatchObject({ status: 400, param: 'limit' });
  });

  it('exist though the answer to their creation was lost; or are lost, and nobody works for them', async () => {
    server.inject({ fault: { kind: 'reset', after: 'request' }, path: '/v1/batches', method: 'POST' });
    await expect(create([line('a')])).rejects.toThrow('Connection error');
    expect(server.batches).toHaveLength(1);
    server.inject({ kind: 'batch_lost' });
    const { id } = await create([line('b')]);
    await expect(client.batches.retrieve(id)).rejects.toMatchObject({ status: 404 });
    await expect.poll(() => server.counts().batchLines).toBe(1);
  });

  it('are refused with a wrong window, an endpoint without batches, too much metadata or no such file', async () => {
    const { id } = await upload([line('a')]);
    const asked = { input_file_id: id, endpoint: url, completion_window: '24h' };
    const send = (changes: object) => client.post('/batches', { body: { ...asked, ...changes } });
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v']));
    for (const [changes, param] of [
      [{ completion_window: '1h' }, 'completion_window'],
      [{ endpoint: '/v1/audio/transcriptions' }, 'endpoint'],
      [{ metadata: many }, 'metadata'],
      [{ metadata: { ['k'.repeat(65)]: 'v' } }, 'metadata'],
      [{ metadata: { key: 'v'.repeat(513) } }, 'metadata.key'],
      [{ input_file_id: 'file-none' }, 'file_id'],
    ] as const)
      await expect(send(changes)).rejects.toMatchObject({ status: 400, param });
  });
});

describe('files', () => {
  it('are kept, listed, read and deleted', async () => {
    const text = line('a');
    const file = await upload([text]);
    expect(file).toMatchObject({ object: 'file', bytes: text.length, purpose: 'batch', filename: 'requests.jsonl' });
    expect(await client.files.retrieve(file.id)).toEqual(file);
    expect((await client.files.list({ purpose: 'batch' })).data).toEqual([file]);
    expect(await (await client.files.content(file.id)).text()).toBe(text);
    expect(await client.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true });
    await expect(client.files.content(file.id)).rejects.toMatchObject({ status: 404 });
  });

  it('of a batch are .jsonl and not empty', async () => {
    await expect(upload([line('a')], 'requests.txt')).rejects.toThrow('Must be .jsonl');
    await expect(upload([''])).rejects.toThrow('File is empty');
  });

  it('can be larger than other requests', async () => {
    const large = 'x'.repeat(51 * 1024 * 1024);
    expect(await upload([large])).toMatchObject({ bytes: large.length });
  });
});
