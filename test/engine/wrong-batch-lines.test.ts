import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journalPrefix } from '../../activities/models/answers/answer-journal.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { answersIn, askingProject, countsOf } from './asking-project.ts';
import type { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const ROWS = 12;
const MAX_NANO_USD = 1_000_000_000n;
let project: TestProject;
beforeEach(async () => {
  server.reset();
  server.configure({ batchMs: 100 });
  project = await askingProject(server, {
    rows: ROWS,
    buckets: 1,
    steps:
      '  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [yes, no], max_output_tokens: 64 } }',
  });
});
afterEach(() => project[Symbol.asyncDispose]());

const run = async () => {
  const made = await project.run({ batch: true, maxNanoUsd: String(MAX_NANO_USD) });
  const keys = [];
  for await (const { key } of project.store.list(journalPrefix({ dataset: 'peru', step: 'stance', partition: null })))
    keys.push(key);
  return { ...made, journal: keys };
};
const onlineCalls = () => server.calls.filter(({ path, batch }) => path === '/v1/chat/completions' && !batch).length;
const budgetOf = async (name: string) => {
  const object = await project.store.get(`runs/${name}/budget.json`);
  return JSON.parse(object!.bytes.toString('utf8')) as {
    spent: string;
    batches: Record<string, { leased: string; actual: string | null }>;
  };
};

describe('a batch with one wrong line in its results', () => {
  it.each([
    { wrong: 'half', last: false },
    { wrong: 'half', last: true },
    { wrong: 'unknown_id', last: false },
    { wrong: 'twice', last: false },
    { wrong: 'twice', last: true },
  ] as const)('has that request asked again, and no other: $wrong, last: $last', async ({ wrong, last }) => {
    server.inject({ kind: 'batch_wrong_line', wrong, last });
    const { manifest, journal } = await run();
    expect(countsOf(manifest)).toEqual({ ok: ROWS });
    expect(server.batches.map(({ request_counts: counts }) => counts?.total)).toEqual([1, ROWS]);
    expect(server.counts()).toMatchObject({ batchLines: ROWS + 1, distinct: ROWS });
    expect(onlineCalls()).toBe(0);
    // Of each row one answer, and each of them paid for once.
    const answers = await answersIn(project, manifest);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(ROWS);
    expect(answers).toHaveLength(ROWS);
    const { cost_nano_usd: cost } = manifest.record.steps['stance']!.paid;
    expect((await budgetOf('r-1')).spent).toBe(cost);
    expect(journal).toEqual([]);
    expect(server.files).toEqual([]);
  });

  it('has a line that was refused asked for by itself, and fails that row alone', async () => {
    const body = { error: { message: 'Invalid image', type: 'invalid_request_error', code: 'invalid_image' } };
    server.inject({ fault: { kind: 'status', status: 400, body }, containing: 'palabras de 7.', every: 1 });
    const { manifest } = await run();
    expect(countsOf(manifest)).toEqual({ ok: ROWS - 1, invalid_request: 1 });
    expect(server.batches).toHaveLength(1);
    expect(onlineCalls()).toBe(1);
  });
});

it('leaves all that was set aside for a batch spent when the cost of one of its lines is not known', async () => {
  server.inject({ fault: { kind: 'missing_usage' }, batch: true, containing: 'palabras de 7.' });
  const { manifest } = await run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  const [batch, ...others] = Object.values((await budgetOf('r-1')).batches);
  expect(others).toEqual([]);
  expect(batch!.actual).toBeNull();
  expect(BigInt(batch!.leased)).toBeGreaterThan(BigInt(manifest.record.steps['stance']!.paid.cost_nano_usd));
});
