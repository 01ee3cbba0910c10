import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { until } from '../until.ts';
import { answersIn, askingProject, countsOf } from './asking-project.ts';
import type { RunOptions, TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const ROWS = 12;
const AT_ONCE = 4;
let project: TestProject;
beforeEach(async () => {
  server.reset();
  server.configure({ latencyMs: 3000 });
  project = await askingProject(server, {
    rows: ROWS,
    buckets: 1,
    steps: `  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [yes, no], max_output_tokens: 64, concurrency: ${AT_ONCE} } }`,
  });
});
afterEach(() => project[Symbol.asyncDispose]());

async function cancelInMidCall(calls = AT_ONCE, limits: RunOptions = {}): Promise<void> {
  const run = await project.start(limits);
  await until(`${calls} calls under way`, () => server.counts().inFlight >= calls);
  await project.client.workflow.getHandle(run.workflowId).cancel();
  await expect(run.end()).rejects.toThrow('was cancelled');
}

it('waits for the answers to requests that were sent when the run is cancelled, and pays for none of them twice', async () => {
  await cancelInMidCall();
  expect(server.counts()).toMatchObject({ total: AT_ONCE, aborted: 0 });
  const paid = new Set(server.calls.map(({ requestId }) => requestId));
  server.configure({ latencyMs: 0 });
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(server.counts()).toMatchObject({ total: ROWS, billed: ROWS, distinct: ROWS });
  const answers = await answersIn(project, manifest);
  expect(answers.filter(({ requestId }) => paid.has(requestId!))).toHaveLength(AT_ONCE);
});

it('does not wait for ever: a request that is never answered ends with the run', async () => {
  server.inject({ kind: 'hang' });
  await cancelInMidCall();
  expect(server.counts()).toMatchObject({ total: AT_ONCE, aborted: 1 });
  server.configure({ latencyMs: 0 });
  await project.run();
  expect(server.counts()).toMatchObject({ total: ROWS + 1, distinct: ROWS });
});

it('sends nothing more for a row that waited for money when the run was cancelled', async () => {
  const one = { maxNanoUsd: '2000000' };
  await cancelInMidCall(1, one);
  expect(server.counts()).toMatchObject({ total: 1, aborted: 0 });
  const ledger = await project.store.get('runs/r-1/budget.json');
  const { limit, spent, leases } = JSON.parse(ledger!.bytes.toString('utf8')) as Record<string, unknown>;
  expect([limit, leases]).toEqual([one.maxNanoUsd, {}]);
  // Enough is left for another call.
  expect(Number(spent)).toBeGreaterThan(0);
  expect(Number(spent)).toBeLessThan(Number(one.maxNanoUsd) / 2);
});
