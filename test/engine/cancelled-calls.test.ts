import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { answersIn, askingProject, countsOf } from './asking-project.ts';
import type { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const ROWS = 12;
const AT_ONCE = 4;
let project: TestProject;
beforeEach(async () => {
  server.reset();
  server.configure({ latencyMs: 1500 });
  project = await askingProject(server, {
    rows: ROWS,
    buckets: 1,
    steps: `  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [yes, no], concurrency: ${AT_ONCE} } }`,
  });
});
afterEach(() => project[Symbol.asyncDispose]());

async function cancelInMidCall(): Promise<void> {
  const run = await project.start();
  while (server.counts().inFlight < AT_ONCE) await pause(20);
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
