import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { stepKinds } from '../../activities/kinds/index.ts';
import { journalPrefix } from '../../activities/models/answers/answer-journal.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { lookAtRun } from '../../cli/watch-run.ts';
import { runProgress } from '../../workflows/messages.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { until } from '../until.ts';
import { saveHistory } from './save-history.ts';
import { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const IDS = Array.from({ length: 12 }, (_, row) => `row-${row}`);
let project: TestProject;
beforeEach(async () => {
  server.reset();
  server.configure({ batchMs: 200 });
  project = await TestProject.start(stepKinds, {}, { env: { OPENAI_API_KEY: server.apiKey }, baseUrl: server.url });
  await project.write('rows.csv', `id,words\n${IDS.map((id) => `${id},palabras de ${id}\n`).join('')}`);
  await project.write('summary.md', 'Summarise:\n{{video.words}}\n');
  await project.write('stance.md', 'Which stance?\n{{summary.summary}}\n');
  await project.write(
    'dataset.yaml',
    `dataset: peru
partition: { by: id, buckets: 1 }
models: { gpt: { provider: openai, model: gpt-4o-2024-11-20 } }
steps:
  video: { uses: import/table, with: { path: rows.csv, id: id } }
  summary: { uses: ai/generate, needs: [video], with: { model: gpt, prompt: summary.md, output: { summary: string } } }
  stance: { uses: ai/classify, needs: [summary], with: { model: gpt, prompt: stance.md, labels: [yes, no] } }
`,
  );
});
afterEach(() => project[Symbol.asyncDispose]());

const onlineCalls = () => server.calls.filter(({ path, batch }) => path === '/v1/chat/completions' && !batch).length;
const countsOf = ({ state }: Manifest, step: string) => Object.values(state.steps[step]!.partitions)[0]!.counts;
const valuesOf = ({ state }: Manifest, step: string) => Object.values(state.steps[step]!.partitions)[0]!.values;
const leftOvers = async () => {
  const keys: string[] = [];
  for (const step of ['summary', 'stance'])
    for await (const { key } of project.store.list(journalPrefix({ dataset: 'peru', step, partition: null })))
      keys.push(key);
  return keys;
};
async function onlyChild({ workflowId }: { readonly workflowId: string }): Promise<string> {
  const { running } = await project.client.workflow.getHandle(workflowId).query(runProgress);
  expect(running).toHaveLength(1);
  return running[0]!;
}

it('asks for a step in one batch, for half the price, and makes the same cells as one by one', async () => {
  const { manifest } = await project.run({ batch: true });
  expect(server.batches.map(({ status }) => status)).toEqual(['completed', 'completed']);
  expect(onlineCalls()).toBe(0);
  expect(server.counts()).toMatchObject({
    batchLines: 2 * IDS.length,
    billed: 2 * IDS.length,
    distinct: 2 * IDS.length,
  });
  expect(countsOf(manifest, 'stance')).toEqual({ ok: IDS.length, skipped: {}, failed: {} });
  expect(await leftOvers()).toEqual([]);
  expect(server.files).toEqual([]);

  const online = await TestProject.start(
    stepKinds,
    {},
    { env: { OPENAI_API_KEY: server.apiKey }, baseUrl: server.url },
  );
  await using _ = online;
  for (const [path, content] of await project.files()) await online.write(path, content);
  const other = await online.run();
  expect(valuesOf(other.manifest, 'summary')).toBe(valuesOf(manifest, 'summary'));
  // It is this run's money, though the provider's clock counts whole seconds.
  expect(manifest.record.steps['summary']!.paid.calls).toBe(IDS.length);
  const cost = (made: Manifest) => BigInt(made.record.steps['summary']!.paid.cost_nano_usd);
  expect(cost(manifest)).toBeGreaterThan(0n);
  expect(cost(manifest)).toBeLessThanOrEqual(cost(other.manifest) / 2n + BigInt(IDS.length));
  // Batch or online is in no key.
  expect((await project.run()).changed).toBe(false);
});

it('asks again for lines that expired or failed, and for answers that were cut off', async () => {
  server.inject(
    { fault: { kind: 'batch_expired', lines: 1 } },
    { fault: { kind: 'server_error' }, containing: 'row-2\n', batch: true },
    { fault: { kind: 'length' }, containing: 'row-3\n', batch: true },
  );
  const { manifest } = await project.run({ batch: true });
  expect(countsOf(manifest, 'summary')).toEqual({ ok: IDS.length, skipped: {}, failed: {} });
  expect(server.batches).toHaveLength(3);
  expect(onlineCalls()).toBe(0);
});

it('does not send a batch twice when the answer to its creation got lost', async () => {
  server.inject({ fault: { kind: 'reset', after: 'request' }, path: '/v1/batches', method: 'POST' });
  await project.run({ batch: true });
  expect(server.batches).toHaveLength(2);
  expect(server.counts()).toMatchObject({ billed: 2 * IDS.length });
});

it('goes on with its batch when the worker ends while it is at the provider', async () => {
  server.configure({ batchMs: 'held' });
  const run = await project.start({ batch: true });
  await until('the batch', () => server.batches.length === 1);
  const child = project.client.workflow.getHandle(await onlyChild(run));
  await project.endWorkers();
  await project.work();
  server.configure({ batchMs: 100 });
  server.releaseBatches();
  await run.end();
  await saveHistory('batch', child);
  expect(server.batches).toHaveLength(2);
  expect(server.counts()).toMatchObject({ billed: 2 * IDS.length });
});

it('cancels at the provider too, and the next run takes what was answered by then', async () => {
  server.configure({ batchMs: 'held' });
  const run = await project.start({ batch: true });
  await until('the batch', () => server.batches.length === 1);
  await pause(300);
  server.releaseBatches(5);
  await project.client.workflow.getHandle(run.workflowId).cancel();
  await expect(run.end()).rejects.toThrow('was cancelled');
  expect(['cancelling', 'cancelled']).toContain(server.batches[0]!.status);
  server.configure({ batchMs: 100 });
  const billed = server.counts().billed;
  const { manifest } = await project.run();
  expect(countsOf(manifest, 'summary').ok).toBe(IDS.length);
  expect(billed).toBeGreaterThan(0);
  expect(server.counts().billed).toBe(2 * IDS.length);
  expect(await leftOvers()).toEqual([]);
});

it('says what it waits for, hides no cell meanwhile, and ends the batch when it is cancelled in its sleep', async () => {
  await project.run();
  await project.write(
    'rows.csv',
    `id,words\n${[...IDS, 'x', 'y', 'z'].map((id) => `${id},palabras de ${id}\n`).join('')}`,
  );
  server.configure({ batchMs: 'held' });
  const models = project.modelsWith({ batchPace: { firstMs: 60_000, longestMs: 60_000 } });
  await project.endWorkers();
  await project.work({ ...project.services, models });
  const run = await project.start({ batch: true });
  const rows = IDS.length + 3;
  const look = async () => (await lookAtRun(project.client, run.workflowId, [{ step: 'summary', rows }])).steps[0];
  await until('the wait for the batch', async () => (await look())?.waits.batch != null);
  expect(await look()).toMatchObject({
    done: IDS.length,
    reused: IDS.length,
    computed: 0,
    waits: { provider: null, held: null, batch: { batches: 1, requests: 3, answered: 0 } },
  });
  const child = project.client.workflow.getHandle(await onlyChild(run));
  await project.client.workflow.getHandle(run.workflowId).cancel();
  await expect(run.end()).rejects.toThrow('was cancelled');
  expect(['cancelling', 'cancelled']).toContain(server.batches[0]!.status);
  await saveHistory('cancelled-batch', child);
  server.configure({ batchMs: 100 });
});

it('ends its batch too when it is cancelled while the provider is away', async () => {
  server.configure({ batchMs: 'held' });
  let isAway = true;
  server.inject({
    fault: { kind: 'server_error' },
    path: '/v1/batches/{id}',
    method: 'GET',
    every: 1,
    when: () => isAway,
  });
  const run = await project.start({ batch: true });
  const steps = [{ step: 'summary', rows: IDS.length }];
  const look = async () => (await lookAtRun(project.client, run.workflowId, steps)).steps[0];
  await until('the wait for the provider', async () => (await look())?.waits.provider != null);
  isAway = false;
  const child = project.client.workflow.getHandle(await onlyChild(run));
  await project.client.workflow.getHandle(run.workflowId).cancel();
  await expect(run.end()).rejects.toThrow('was cancelled');
  expect(['cancelling', 'cancelled']).toContain(server.batches[0]!.status);
  await saveHistory('cancelled-outage', child);
});

it('keeps to its budget with batches', async () => {
  await expect(project.run({ batch: true, maxNanoUsd: '1000000' })).rejects.toThrow('The budget of $0.001 is used up');
  expect(server.batches).toEqual([]);
  const { manifest } = await project.run({ batch: true, maxNanoUsd: '1000000000' });
  expect(countsOf(manifest, 'stance').ok).toBe(IDS.length);
});
