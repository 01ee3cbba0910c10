import type { Batch, BatchCreateParams } from 'openai/resources/batches';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { BatchPath } from '../../../../activities/models/batch/batch-file.ts';
import { type BatchStatus, hasEnded, readBatchState } from '../../../../activities/models/batch/batch-state.ts';
import { nextLookMs } from '../../../../activities/models/batch/next-look-ms.ts';
import { whyBatchFailed } from '../../../../activities/models/batch/why-batch-failed.ts';
import { createClientPool } from '../../../../activities/models/client-pool.ts';
import { gpt } from '../model-bench.ts';

const endpoint = createClientPool({ env: { OPENAI_API_KEY: 'sk-secret' } }).endpoint(gpt)!;
const bare = { id: 'batch_1', status: 'completed', input_file_id: 'file-1', created_at: 1_711_471_533 };

describe('what a provider says of a batch', () => {
  it('has the states and paths that the SDK knows', () => {
    expectTypeOf<BatchStatus>().toEqualTypeOf<Batch['status']>();
    expectTypeOf<BatchPath>().toExtend<BatchCreateParams['endpoint']>();
  });

  it('is read with members missing, null or empty', () => {
    const read = {
      id: 'batch_1',
      status: 'completed',
      key: null,
      inputFile: 'file-1',
      outputFile: null,
      errorFile: null,
      createdMs: 1_711_471_533_000,
      expiresMs: null,
      counts: null,
      problems: [],
    };
    expect(readBatchState(bare)).toEqual(read);
    expect(readBatchState({ ...bare, output_file_id: '', errors: null, metadata: null, usage: null })).toEqual(read);
  });

  it.each(['<h1>Welcome</h1>', null, {}, { ...bare, status: 'sleeping' }, { ...bare, id: '' }])(
    'is none: %j',
    (sent) => {
      expect(readBatchState(sent)).toBeNull();
    },
  );

  it('has ended in four of eight states', () => {
    const all = [
      'validating',
      'in_progress',
      'finalizing',
      'completed',
      'failed',
      'expired',
      'cancelling',
      'cancelled',
    ];
    const states = all.map((status) => readBatchState({ ...bare, status })!);
    expect(states.filter(hasEnded).map(({ status }) => status)).toEqual([
      'completed',
      'failed',
      'expired',
      'cancelled',
    ]);
  });
});

describe('why a batch failed', () => {
  const why = (...data: readonly object[]) =>
    whyBatchFailed(readBatchState({ ...bare, status: 'failed', errors: { object: 'list', data } })!, endpoint);
  const limit = 'Enqueued token limit reached for gpt-4o in organization org-1. Limit: 2,000,000 enqueued tokens.';

  it('passes when the limit on waiting tokens is reached', () => {
    const expected = { kind: 'later', reason: `token_limit_exceeded: ${limit}` };
    expect(why({ code: 'token_limit_exceeded', message: limit, line: null })).toEqual(expected);
    expect(why({ message: limit })).toEqual({ kind: 'later', reason: limit });
  });

  it('names lines', () => {
    const problem = { code: 'invalid_json_line', message: 'This line is not parseable as valid JSON.', line: 7 };
    expect(why(problem)).toEqual({ kind: 'lines', problems: [problem] });
  });

  it('stops the run for the account or for us, without the key', () => {
    expect(why({ code: 'billing_hard_limit_reached', message: 'Billing hard limit has been reached' })).toMatchObject({
      kind: 'run',
      error: { name: 'ModelAccessError', message: expect.stringContaining('billing_hard_limit_reached') },
    });
    const refused = { name: 'BatchRefusedError', message: expect.stringContaining('empty_file: [hidden] is empty.') };
    expect(why({ code: 'empty_file', message: 'sk-secret is empty.' })).toMatchObject({ kind: 'run', error: refused });
    expect(why()).toMatchObject({
      kind: 'run',
      error: { message: expect.stringContaining('no reason given (batch_1)') },
    });
  });
});

it('is looked at after a minute, then less often up to five, and soon when it is about to end', () => {
  const waits = [0, 1, 2, 3, 4, 5].map((looked) => nextLookMs({ status: 'in_progress' }, looked) / 1000);
  expect(waits).toEqual([60, 90, 135, 202.5, 300, 300]);
  expect(nextLookMs({ status: 'finalizing' }, 9)).toBe(60_000);
  expect(nextLookMs({ status: 'in_progress' }, 9, { firstMs: 10, longestMs: 40 })).toBe(40);
});
