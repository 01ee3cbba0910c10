import * as fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { batchResults } from '../../../../activities/models/batch/batch-results.ts';
import { forgetBatch } from '../../../../activities/models/batch/forget-batch.ts';
import { lineFailure } from '../../../../activities/models/batch/line-failure.ts';
import { rawMember } from '../../../../activities/models/batch/raw-member.ts';
import { readResultLine } from '../../../../activities/models/batch/result-line.ts';
import { OpenAIServer } from '../../../openai-server/openai-server.ts';
import { gpt } from '../model-bench.ts';
import { ended, endpointOf, never, outcomes, question, questions, submit } from './batch-bench.ts';

const server = await OpenAIServer.start({ batchMs: 0 });
const endpoint = endpointOf(server);
beforeEach(() => {
  server.reset();
  server.configure({ batchMs: 0 });
});
afterAll(() => server.close());

describe('the results of a batch', () => {
  it('have the body byte for byte, with its request id', async () => {
    server.answerWith({ containing: 'a', answer: 'José dice: "¡viva!" 🇵🇪 \\ }' });
    const state = await ended(endpoint, await submit(endpoint, 'k', [question('a')]));
    const [result] = await Array.fromAsync(batchResults(endpoint, state, never));
    if (result?.kind !== 'answered') throw new TypeError('not answered');
    const call = server.calls.find(({ batch }) => batch !== null);
    expect(result.requestId).toBe(call?.requestId);
    const file = await (await endpoint.client.files.content(state.outputFile!)).text();
    expect(file).toContain(`"body":${result.bytes.toString()}}`);
    expect(JSON.parse(result.bytes.toString())).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'José dice: "¡viva!" 🇵🇪 \\ }' } }],
    });
  });

  it('tell lines that were refused, and why as the same answer would online', async () => {
    server.inject(
      { fault: { kind: 'server_error' }, batch: true, containing: 'b' },
      { fault: { kind: 'rate_limit' }, batch: true, containing: 'c' },
      { fault: { kind: 'insufficient_quota' }, batch: true, containing: 'd' },
    );
    const lines = [...questions('a', 'b', 'c', 'd'), question('e', { temperature: 9 })];
    const state = await ended(endpoint, await submit(endpoint, 'k', lines));
    expect(await outcomes(endpoint, state)).toEqual({
      a: 'answered',
      b: 'refused 500',
      c: 'refused 429',
      d: 'refused 429',
      e: 'refused 400',
    });
    const results = await Array.fromAsync(batchResults(endpoint, state, never));
    const meanings = results.flatMap((each) =>
      each.kind === 'refused' ? [[each.customId, lineFailure(each, endpoint, gpt)] as const] : [],
    );
    expect(Object.fromEntries(meanings)).toMatchObject({
      b: { kind: 'passing', reason: '500 server_error' },
      c: { kind: 'passing', reason: '429 rate_limit_exceeded' },
      d: { kind: 'run', error: { name: 'ModelAccessError' } },
      e: { kind: 'cell', outcome: { code: 'invalid_request' }, requestId: expect.stringMatching(/^req_/) },
    });
  });

  it('of a batch whose window closed are there, and the rest can be asked again', async () => {
    server.inject({ kind: 'batch_expired', lines: 2 });
    const state = await ended(endpoint, await submit(endpoint, 'k', questions('a', 'b', 'c')));
    expect(state).toMatchObject({ status: 'expired', counts: { total: 3, completed: 1, failed: 2 } });
    const of = await outcomes(endpoint, state);
    expect(Object.values(of).toSorted()).toEqual(['answered', 'unanswered batch_expired', 'unanswered batch_expired']);
    const again = Object.keys(of).filter((id) => of[id] !== 'answered');
    await ended(endpoint, await submit(endpoint, 'k2', questions(...again)));
    expect(server.counts()).toMatchObject({ batchLines: 3, billed: 3, distinct: 3 });
  });

  it('of a batch without a line that was answered are in the error file alone', async () => {
    server.inject({ kind: 'batch_expired', lines: 1 });
    const state = await ended(endpoint, await submit(endpoint, 'k', questions('a')));
    expect(state.outputFile).toBeNull();
    expect(await outcomes(endpoint, state)).toEqual({ a: 'unanswered batch_expired' });
  });

  it('of a failed batch are none', async () => {
    server.inject({ kind: 'batch_failed', error: { code: 'token_limit_exceeded', message: 'Enqueued token limit' } });
    const state = await ended(endpoint, await submit(endpoint, 'k', questions('a')));
    expect(await outcomes(endpoint, state)).toEqual({});
  });
});

describe('a download that breaks', () => {
  const broken = { path: '/v1/files/{id}/content' } as const;
  const read = async (state: Parameters<typeof batchResults>[1]) => {
    const seen: string[] = [];
    let failure: unknown = null;
    try {
      for await (const { customId } of batchResults(endpoint, state, never)) seen.push(customId);
    } catch (error) {
      failure = error;
    }
    return { seen, failure };
  };

  it.each([
    [{ kind: 'server_error' }, '500'],
    [{ kind: 'html' }, 'broken lines in the results'],
    [{ kind: 'truncated_json' }, 'broken lines in the results'],
    [{ kind: 'reset', after: 'body' }, 'the connection failed'],
  ] as const)('with %j is tried again', async (fault, reason) => {
    const state = await ended(endpoint, await submit(endpoint, 'k', questions('a', 'b', 'c')));
    server.inject({ ...broken, fault });
    const { seen, failure } = await read(state);
    expect(failure).toMatchObject({
      name: 'ProviderUnavailableError',
      message: expect.stringContaining(reason),
    });
    expect(seen.length).toBeLessThan(3);
    expect((await read(state)).seen.toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('or stops in the middle is tried again, and ends at once when nobody wants the rest', async () => {
    const state = await ended(endpoint, await submit(endpoint, 'k', questions('a', 'b', 'c')));
    server.inject({ ...broken, fault: { kind: 'stall' } });
    const results = Array.fromAsync(batchResults(endpoint, state, never, 50));
    await expect(results).rejects.toThrow(`the results of batch ${state.id} stopped coming`);
    server.inject({ ...broken, fault: { kind: 'stall' } });
    for await (const { customId } of batchResults(endpoint, state, never)) {
      expect(customId).toMatch(/^[abc]$/);
      break;
    }
    await expect.poll(() => server.counts().aborted).toBe(2);
    const ending = new AbortController();
    server.inject({ ...broken, fault: { kind: 'stall' } });
    const aborted = expect(Array.fromAsync(batchResults(endpoint, state, ending.signal))).rejects.toThrow(
      'the run ends',
    );
    await expect.poll(() => server.counts().byFault).toMatchObject({ stall: 3 });
    ending.abort(new Error('the run ends'));
    await aborted;
  });

  it('is given up when the file is gone', async () => {
    const state = await ended(endpoint, await submit(endpoint, 'k', questions('a')));
    await forgetBatch(endpoint, state, never);
    expect((await read(state)).failure).toMatchObject({ name: 'BatchResultsGoneError', batch: state.id });
  });
});

describe('a line of a results file', () => {
  const line = (value: object) => readResultLine(Buffer.from(JSON.stringify(value)));
  it('keeps a body however it is written', () => {
    const text =
      '{ "error" : null , "response":{"body": {"a" : 1.0, "b":"\\u00e9}"}  ,"status_code":200}, "custom_id":"x"}';
    expect(readResultLine(Buffer.from(text))).toEqual({
      kind: 'answered',
      customId: 'x',
      status: 200,
      requestId: null,
      bytes: Buffer.from('{"a" : 1.0, "b":"\\u00e9}"}'),
    });
  });
  it('keeps any body, in any spelling of JSON', () => {
    const spelled = (value: unknown, indent: number) => JSON.stringify(value, null, indent);
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.nat(2), (body, other, indent) => {
        const response = { [JSON.stringify(other)]: other, status_code: 200, body };
        const text = spelled({ other, response, custom_id: 'x', last: [other] }, indent);
        const bytes = rawMember(rawMember(Buffer.from(text), 'response') ?? Buffer.alloc(0), 'body');
        expect(text).toContain(bytes?.toString());
        expect(JSON.parse(bytes?.toString() ?? '')).toEqual(JSON.parse(spelled(body, 0)));
      }),
    );
  });
  it('without a response has its reason', () => {
    const error = { code: 'batch_cancelled', message: 'Cancelled.' };
    expect(line({ id: 'r', custom_id: 'x', response: null, error })).toEqual({
      kind: 'unanswered',
      customId: 'x',
      ...error,
    });
    expect(line({ custom_id: 'x' })).toMatchObject({ kind: 'unanswered', code: 'no_response' });
  });
  it('is none without a custom id, or when it is half of one', () => {
    expect(line({ response: null })).toBeNull();
    expect(readResultLine(Buffer.from('{"custom_id":"x","resp'))).toBeNull();
  });
});
