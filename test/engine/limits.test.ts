import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { answersIn, askingProject, countsOf } from './asking-project.ts';
import type { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const ROWS = 60;
/** 10 dollars a million tokens, whichever: what the server billed can be told from the tokens it counted. */
const NANO_USD_PER_TOKEN = 10_000;
let project: TestProject;
beforeEach(async () => {
  server.reset();
  server.configure({ latencyMs: 20 });
  project = await askingProject(server, {
    rows: ROWS,
    buckets: 4,
    models: `models: { gpt: { provider: openai, model: gpt-4o-2024-11-20, price: { input: 10, cached_input: 10, output: 10 } } }`,
    steps:
      '  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [yes, no], max_output_tokens: 64, concurrency: 2 } }',
  });
});
afterEach(() => project[Symbol.asyncDispose]());

const usageOf = (bytes: Buffer) => {
  const { usage } = JSON.parse(bytes.toString('utf8')) as {
    usage: { prompt_tokens: number; completion_tokens: number };
  };
  return usage.prompt_tokens + usage.completion_tokens;
};
const budgetOf = async (run: string) => {
  const object = await project.store.get(`runs/${run}/budget.json`);
  return JSON.parse(object!.bytes.toString('utf8')) as { spent: string; leases: object };
};

it('never bills more than its budget, and a later run with more money finds every paid answer', async () => {
  const maxNanoUsd = 30_000_000;
  const ended = await project.run({ maxNanoUsd: String(maxNanoUsd) }).catch((error: Error) => error.message);
  expect(ended).toMatch(
    /^The budget of \$0\.03 is used up: \$0\.0\d+ spent, and the next call may cost up to \$0\.00\d+\. Every answer until now is kept\.\nGo on with another \$0\.03, or with more: {2}gettok run --max-usd 0\.03$/,
  );
  const paid = new Set(server.calls.filter(({ billed }) => billed).map(({ requestId }) => requestId));
  expect(paid.size).toBeGreaterThan(5);
  expect(paid.size).toBeLessThan(ROWS);

  const { manifest } = await project.run({ maxNanoUsd: '1000000000' });
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(server.counts()).toMatchObject({ billed: ROWS, distinct: ROWS });
  const answers = await answersIn(project, manifest);
  const cost = answers
    .filter(({ requestId }) => paid.has(requestId!))
    .reduce((sum, { bytes }) => sum + usageOf(bytes) * NANO_USD_PER_TOKEN, 0);
  expect(cost).toBeGreaterThan(0);
  expect(cost).toBeLessThanOrEqual(maxNanoUsd);
  expect(await budgetOf('r-1')).toMatchObject({ spent: String(cost), leases: {} });
  // Each run tells of its own calls alone.
  expect(manifest.record.steps['stance']!.paid.calls).toBe(ROWS - paid.size);
});

it('stops early when too many rows fail, and asks none of them twice', async () => {
  server.inject({ fault: { kind: 'refusal' }, every: 1 });
  await expect(project.run({ maxFailures: { rows: 5 } })).rejects.toThrow(
    /^stance failed for \d+ of the \d+ rows it tried here, more than --max-failures 5 allows: refused \d+\. Every answer until now is kept\. This run has paid \$0\.0\d+ for \d+ calls\.\nMend the cause .*, then ask again: {2}gettok run --retry failed\nOr allow more: {2}gettok run --max-failures <more>$/,
  );
  expect(server.counts().billed).toBeLessThan(ROWS / 2);
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: 0, refused: ROWS });
  expect(server.counts()).toMatchObject({ billed: ROWS, distinct: ROWS });
});

it('ends at once when the key is refused, with the answers kept and nothing set aside', async () => {
  const body = {
    error: { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' },
  };
  server.inject({ fault: { kind: 'status', status: 401, body }, skip: 10, times: 50 });
  const ended = await project.run({ maxNanoUsd: '1000000000' }).catch((error: Error) => error.message);
  expect(ended).toMatch(
    /refused the key in OPENAI_API_KEY \(401\)\. Nothing was paid since\. Every answer until now is kept\. This run has paid \$0\.0\d+ for 10 calls\.\nSet a working key, then {2}gettok run {2}goes on where it stopped\.$/,
  );
  expect(server.counts().billed).toBe(10);
  expect(server.counts().total).toBeLessThan(ROWS / 2);
  expect((await budgetOf('r-1')).leases).toEqual({});
  const { spent } = await budgetOf('r-1');
  server.reset();
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(server.counts().billed).toBe(ROWS - 10);
  const all = (await answersIn(project, manifest)).map(({ bytes }) => usageOf(bytes));
  expect(Number(spent)).toBeGreaterThanOrEqual(Math.min(...all) * NANO_USD_PER_TOKEN * 10);
  expect(Number(spent)).toBeLessThanOrEqual(Math.max(...all) * NANO_USD_PER_TOKEN * 10);
});
