import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { cancelBatch } from '../../../../activities/models/batch/cancel-batch.ts';
import { findBatch } from '../../../../activities/models/batch/find-batch.ts';
import { forgetBatch } from '../../../../activities/models/batch/forget-batch.ts';
import { lookAtBatch } from '../../../../activities/models/batch/look-at-batch.ts';
import { submitBatch } from '../../../../activities/models/batch/submit-batch.ts';
import { OpenAIServer } from '../../../openai-server/openai-server.ts';
import { ended, endpointOf, fileOf, look, never, outcomes, question, questions, submit } from './batch-bench.ts';

const server = await OpenAIServer.start({ batchMs: 0 });
const endpoint = endpointOf(server);
beforeEach(() => {
  server.reset();
  server.configure({ batchMs: 0, batchLimits: {} });
});
afterAll(() => server.close());

const creation = { path: '/v1/batches', method: 'POST' } as const;
const sizes = () => ({ batches: server.batches.length, files: server.files.length });

describe('a batch', () => {
  it('is sent with our key and answered, whatever the order, by custom id', async () => {
    const sent = await submit(endpoint, 'k1', questions('a', 'b', 'c'));
    expect(sent).toMatchObject({ status: 'validating', key: 'k1', sentBefore: false });
    const state = await ended(endpoint, sent);
    expect(state).toMatchObject({
      status: 'completed',
      counts: { total: 3, completed: 3, failed: 0 },
      errorFile: null,
      problems: [],
    });
    expect(await outcomes(endpoint, state)).toEqual({ a: 'answered', b: 'answered', c: 'answered' });
    expect(server.counts()).toMatchObject({ batchLines: 3, billed: 3, distinct: 3 });
  });

  it('of embeddings goes the same way', async () => {
    const line = { customId: 'a', body: { model: 'text-embedding-3-small', input: ['hola', 'adiós'], dimensions: 4 } };
    const file = await fileOf([line], '/v1/embeddings');
    const sent = await submitBatch(endpoint, { key: 'k', file, createdAfterMs: Date.now(), signal: never });
    expect(await outcomes(endpoint, await ended(endpoint, sent))).toEqual({ a: 'answered' });
  });

  it('is sent once under one key, also long after it ended; under another key it is another', async () => {
    const first = await submit(endpoint, 'k1', questions('a'));
    await ended(endpoint, first);
    expect(await submit(endpoint, 'k1', questions('a'))).toMatchObject({ id: first.id, sentBefore: true });
    const second = await submit(endpoint, 'k2', questions('a'));
    expect(second.id).not.toBe(first.id);
    expect(sizes()).toMatchObject({ batches: 2 });
  });

  it('is found among hundreds of others', async () => {
    server.configure({ batchMs: 'held' });
    const { id } = await submit(endpoint, 'k1', questions('a'));
    const { client } = endpoint;
    const asked = {
      input_file_id: server.files[0]!.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    } as const;
    for (let count = 0; count < 230; count += 1) await client.batches.create(asked);
    const found = await findBatch(endpoint, { key: 'k1', createdAfterMs: Date.now(), signal: never });
    expect(found?.id).toBe(id);
    // Those are all newer than that moment is, so the first page is enough.
    const before = server.counts().total;
    expect(await findBatch(endpoint, { key: 'k1', createdAfterMs: Date.now() + 3_600_000, signal: never })).toBeNull();
    expect(server.counts().total).toBe(before + 1);
  });

  it('is not sent a second time when the answer to its creation was lost', async () => {
    server.inject({ ...creation, fault: { kind: 'reset', after: 'request' } });
    const sent = await submit(endpoint, 'k1', questions('a'));
    expect(sent).toMatchObject({ key: 'k1', sentBefore: false });
    await ended(endpoint, sent);
    expect(sizes().batches).toBe(1);
    expect(server.counts()).toMatchObject({ batchLines: 1, billed: 1 });
  });

  it('is not sent a second time when the sender was killed before the answer', async () => {
    server.inject(
      { ...creation, fault: { kind: 'reset', after: 'headers' } },
      { path: '/v1/batches', method: 'GET', skip: 1, fault: { kind: 'server_error' } },
    );
    await expect(submit(endpoint, 'k1', questions('a'))).rejects.toThrow(/gave no answer/);
    expect(await submit(endpoint, 'k1', questions('a'))).toMatchObject({ sentBefore: true });
    expect(sizes().batches).toBe(1);
  });

  it('is never sent while nobody knows what was sent before: a page instead of the list', async () => {
    server.inject({ fault: { kind: 'html' }, path: '/v1/batches', method: 'GET' });
    await expect(submit(endpoint, 'k1', questions('a'))).rejects.toMatchObject({
      name: 'ProviderUnavailableError',
      message: expect.stringContaining('something that is no list of batches'),
    });
    expect(sizes()).toEqual({ batches: 0, files: 0 });
  });

  it('is refused before a byte is sent when its key or a custom id is none', async () => {
    await expect(submit(endpoint, 'K 1', questions('a'))).rejects.toThrow(RangeError);
    await expect(submit(endpoint, 'k1', questions('x'.repeat(65)))).rejects.toThrow(RangeError);
    expect(server.counts().total).toBe(0);
  });
});

describe('what goes wrong while a batch is sent', () => {
  it('an upload that fails leaves nothing and is tried again by Temporal', async () => {
    server.inject({ fault: { kind: 'server_error' }, path: '/v1/files', method: 'POST' });
    await expect(submit(endpoint, 'k1', questions('a'))).rejects.toMatchObject({ name: 'ProviderUnavailableError' });
    expect(sizes()).toEqual({ batches: 0, files: 0 });
  });

  it('a file whose batch could not be created now is used by the next try', async () => {
    server.configure({ batchMs: 'held' });
    server.inject({ ...creation, fault: { kind: 'server_error' } });
    await expect(submit(endpoint, 'k1', questions('a'))).rejects.toMatchObject({ name: 'ProviderUnavailableError' });
    expect(sizes()).toEqual({ batches: 0, files: 1 });
    const { inputFile } = await submit(endpoint, 'k1', questions('a'));
    expect(server.files.map(({ id }) => id)).toEqual([inputFile]);
  });

  it('a file whose batch is refused for good is deleted', async () => {
    const body = { error: { message: 'Not in this region.', type: 'invalid_request_error', param: null, code: null } };
    server.inject({ ...creation, fault: { kind: 'status', status: 400, body } });
    await expect(submit(endpoint, 'k1', questions('a'))).rejects.toMatchObject({
      name: 'BatchRefusedError',
      message: expect.stringContaining('refused the batch: 400 Not in this region.'),
    });
    expect(sizes()).toEqual({ batches: 0, files: 0 });
  });

  it('a file that is not known yet where batches are created is waited for', async () => {
    const message = 'Cannot find file file-1, or project proj_1 does not have access to it.';
    const body = { error: { message, type: 'invalid_request_error', param: 'file_id', code: null } };
    server.inject({ ...creation, fault: { kind: 'status', status: 400, body } });
    await expect(submit(endpoint, 'k1', questions('a'))).rejects.toMatchObject({ name: 'ProviderUnavailableError' });
    expect(await submit(endpoint, 'k1', questions('a'))).toMatchObject({ sentBefore: false });
  });

  it('no credit and a wrong key stop the run in clear words', async () => {
    server.inject({ ...creation, fault: { kind: 'insufficient_quota' } });
    await expect(submit(endpoint, 'k1', questions('a'))).rejects.toMatchObject({
      name: 'ModelAccessError',
      message: expect.stringContaining('has no credit left'),
    });
    expect(sizes().files).toBe(0);
    const stranger = endpointOf(server, 'sk-wrong');
    await expect(submit(stranger, 'k1', questions('a'))).rejects.toMatchObject({ name: 'ModelAccessError' });
  });

  it('a server without batches says so', async () => {
    server.inject({ fault: { kind: 'status', status: 404, body: { detail: 'Not Found' } }, path: '/v1/batches' });
    await expect(submit(endpoint, 'k1', questions('a'))).rejects.toMatchObject({
      name: 'NoBatchApiError',
      message: expect.stringContaining('has no Batch API (404). Nothing was paid.\nRun without --batch.'),
    });
  });

  it('a wait for the provider that asked for one, and an abort, come through', async () => {
    server.inject({ ...creation, fault: { kind: 'rate_limit', retryAfterMs: 7000 } });
    await expect(submit(endpoint, 'k1', questions('a'))).rejects.toMatchObject({ retryAfterMs: 7000 });
    server.inject({ ...creation, fault: { kind: 'hang' } });
    const ending = new AbortController();
    const submitting = submit(endpoint, 'k1', questions('a'), ending.signal);
    const failed = expect(submitting).rejects.toThrow('the worker ends');
    await expect.poll(() => server.counts().byFault).toMatchObject({ hang: 1 });
    ending.abort(new Error('the worker ends'));
    await failed;
    expect(sizes().files).toBe(1);
  });
});

describe('a batch under way', () => {
  it('is cancelled at the provider, its answers so far are kept, and cancelling again is nothing', async () => {
    server.configure({ batchMs: 'held' });
    const sent = await submit(endpoint, 'k1', questions('a', 'b', 'c'));
    server.releaseBatches(1);
    await expect.poll(() => server.counts().billed).toBe(1);
    await cancelBatch(endpoint, sent.id, never);
    const state = await ended(endpoint, sent);
    expect(state.status).toBe('cancelled');
    expect(Object.values(await outcomes(endpoint, state))).toEqual(['answered']);
    await cancelBatch(endpoint, sent.id, never);
    await cancelBatch(endpoint, 'batch_unknown', never);
  });

  it('is null when the provider does not know it, and unknown when a proxy says 404', async () => {
    server.inject({ kind: 'batch_lost' });
    const { id } = await submit(endpoint, 'k1', questions('a'));
    expect(await lookAtBatch(endpoint, id, never)).toBeNull();
    const sent = await submit(endpoint, 'k2', questions('a'));
    server.inject({ fault: { kind: 'status', status: 404, body: '<h1>404</h1>' }, path: '/v1/batches/{id}' });
    await expect(lookAtBatch(endpoint, sent.id, never)).rejects.toMatchObject({ name: 'ProviderUnavailableError' });
    server.inject({ fault: { kind: 'html' }, path: '/v1/batches/{id}' });
    await expect(lookAtBatch(endpoint, sent.id, never)).rejects.toThrow('something that is no batch');
  });

  it('says when it expires and what went wrong with its file', async () => {
    server.configure({ batchMs: 'held' });
    const sent = await submit(endpoint, 'k1', questions('a'));
    expect(sent.expiresMs! - sent.createdMs).toBe(86_400_000);
    const other = question('b', { model: 'gpt-4o-mini' });
    const failed = await ended(endpoint, await submit(endpoint, 'k2', [question('a'), other]));
    expect(failed).toMatchObject({ status: 'failed', problems: [{ code: 'model_mismatch', line: 2 }] });
  });
});

it('an ended batch leaves no file behind; one under way keeps its own', async () => {
  server.inject({ fault: { kind: 'server_error' }, batch: true });
  const state = await ended(endpoint, await submit(endpoint, 'k1', questions('a', 'b')));
  expect(sizes().files).toBe(3);
  server.inject({ fault: { kind: 'server_error' }, path: '/v1/files/{id}', method: 'DELETE' });
  await forgetBatch(endpoint, state, never);
  expect(sizes().files).toBe(1);
  await forgetBatch(endpoint, state, never);
  expect(sizes().files).toBe(0);
  server.configure({ batchMs: 'held' });
  const open = await look(endpoint, (await submit(endpoint, 'k2', questions('a'))).id);
  await expect(forgetBatch(endpoint, open, never)).rejects.toThrow(RangeError);
});
