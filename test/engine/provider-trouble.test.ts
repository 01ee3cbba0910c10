import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { lookAtRun } from '../../cli/watch-run.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { askingProject, countsOf, declare } from './asking-project.ts';
import { until } from '../until.ts';
import type { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const ROWS = 24;
const STEPS = (tuning = 'tries: 1') =>
  `  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [yes, no], ${tuning} } }`;
let project: TestProject;
beforeEach(async () => {
  server.reset();
  server.configure({ latencyMs: 10, limits: {} });
  project = await askingProject(server, { rows: ROWS, buckets: 2, steps: STEPS() });
});
afterEach(() => project[Symbol.asyncDispose]());

const isRunning = async ({ workflowId }: Started) =>
  (await project.client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
type Started = Awaited<ReturnType<TestProject['start']>>;
const look = ({ workflowId }: Started) => lookAtRun(project.client, workflowId, [{ step: 'stance', rows: ROWS }]);
/** The step's view once it is as wanted; fails when the run ends before. */
async function seen(run: Started, wanted: (step: Awaited<ReturnType<typeof look>>['steps'][number]) => boolean) {
  let step: Awaited<ReturnType<typeof look>>['steps'][number] | undefined;
  await until('the step to be as wanted', async () => {
    [step] = (await look(run)).steps;
    if (step && wanted(step)) return true;
    if (!(await isRunning(run))) throw new Error(`The run ended before: ${JSON.stringify(step)}`);
    return false;
  });
  return step!;
}
async function activitiesAtWork(run: Started): Promise<number> {
  const { running } = await project.client.workflow.getHandle(run.workflowId).query<{ running: string[] }>('progress');
  const all = await Promise.all(running.map((id) => project.client.workflow.getHandle(id).describe()));
  return all.reduce((sum, { raw }) => sum + (raw.pendingActivities?.length ?? 0), 0);
}

it('waits in Temporal while the provider is down, says so, keeps what it has, and completes without a failed cell', async () => {
  let isDown = true;
  server.inject({ fault: { kind: 'server_error' }, every: 1, skip: 4, when: () => isDown });
  // What the outage does to rows is no failure of theirs.
  const run = await project.start({ maxFailures: { rows: 2 } });
  const step = await seen(run, ({ waits }) => waits.provider !== null);
  expect(step).toMatchObject({ failed: {}, waits: { batch: null, held: null, provider: { why: 'provider_error' } } });
  // What is there already doesn't vanish from the counts while the step sleeps.
  await seen(run, ({ done, computed }) => done === 4 && computed === 4);
  isDown = false;
  const { manifest } = await run.finish();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(server.counts()).toMatchObject({ billed: ROWS, distinct: ROWS });
});

it('gives up on a row that the provider never answers, and on that row only', async () => {
  await declare(project, { buckets: 1, steps: STEPS('tries: 2, concurrency: 1') });
  server.inject({ fault: { kind: 'server_error' }, containing: 'palabras de 7.', every: 1 });
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS - 1, provider_error: 1 });
  expect((await project.run()).changed).toBe(false);
  server.reset();
  const again = await project.run({ retry: ['failed:provider_error'] });
  expect(countsOf(again.manifest)).toEqual({ ok: ROWS });
  expect(server.counts().total).toBe(1);
});

it('leaves the worker free while a provider wants to be left alone for long', async () => {
  // Two at a time: of both partitions there are requests in the line when the pause begins.
  const models = 'models: { gpt: { provider: openai, model: gpt-4o-2024-11-20, max_concurrency: 2 } }';
  await declare(project, { buckets: 2, steps: STEPS(), models });
  const body = { error: { message: 'Slow down', type: 'requests', code: 'rate_limit_exceeded' } };
  server.inject({ fault: { kind: 'status', status: 429, body, headers: { 'retry-after': '21' } }, skip: 3, times: 1 });
  const run = await project.start();
  const { waits } = await seen(run, (step) => step.waits.provider !== null);
  expect(waits.provider).toMatchObject({ why: 'rate_limited' });
  await until('no activity at work', async () => (await activitiesAtWork(run)) === 0);
  expect((await look(run)).steps[0]!.waits.provider).not.toBeNull();
  expect(countsOf((await run.finish()).manifest)).toEqual({ ok: ROWS });
  expect(server.counts()).toMatchObject({ billed: ROWS, distinct: ROWS });
});

it('loses nothing when two workers share the limits of one endpoint', async () => {
  server.configure({ limits: { requestsPerMinute: 600, burst: 0.01 } });
  await declare(project, { buckets: 6, steps: STEPS('tries: 4') });
  await project.endWorkers();
  for (const share of [0.6, 0.4]) await project.work({ ...project.services, models: project.modelsWith({ share }) });
  const run = await project.start();
  const { waits } = await seen(run, (step) => step.waits.held !== null);
  expect(waits).toMatchObject({ batch: null, provider: null });
  expect(countsOf((await run.finish()).manifest)).toEqual({ ok: ROWS });
  expect(server.counts()).toMatchObject({ billed: ROWS, distinct: ROWS });
});
