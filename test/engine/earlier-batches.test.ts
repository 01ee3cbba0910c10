import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { stepKinds } from '../../activities/kinds/index.ts';
import { journalPrefix } from '../../activities/models/answers/answer-journal.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { until } from '../until.ts';
import { countsOf, declare, MODELS } from './asking-project.ts';
import { TestProject } from './test-project.ts';

/** Batches that a cancelled run left at the provider, and what the next run makes of them. */

const server = await OpenAIServer.start({ apiKeys: ['sk-ours', 'sk-theirs'] });
afterAll(() => server.close());

const ROWS = 8;
const ANSWERED = 3;
const STEPS =
  '  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [yes, no] } }';
const THEIRS = 'models: { gpt: { provider: openai, model: gpt-4o-2024-11-20, api_key_env: THEIR_KEY } }';
const env: Record<string, string> = {};
let project: TestProject;
beforeEach(async () => {
  server.reset();
  Object.assign(env, { OPENAI_API_KEY: 'sk-ours', THEIR_KEY: 'sk-theirs' });
  project = await TestProject.start(stepKinds, {}, { env, baseUrl: server.url });
  await project.write('prompt.md', 'Which stance?\n{{video.words}}\n');
  await rows(ROWS);
});
afterEach(() => project[Symbol.asyncDispose]());

const rows = (count: number) =>
  project.write(
    'rows.csv',
    `id,words\n${Array.from({ length: count }, (_, n) => `row-${n},palabra ${n}.\n`).join('')}`,
  );
const online = () => server.calls.filter(({ path, batch }) => path === '/v1/chat/completions' && !batch).length;
const status = () => server.batches[0]?.status;
const journal = async () => {
  const keys = [];
  for await (const { key } of project.store.list(journalPrefix({ dataset: 'peru', step: 'stance', partition: null })))
    keys.push(key);
  return keys;
};

/** Some of its lines are answered when the run is cancelled; nobody has read them. */
async function cancelInMidBatch(models: string) {
  await declare(project, { buckets: 1, steps: STEPS, models });
  server.configure({ batchMs: 'held' });
  const run = await project.start({ batch: true });
  await until('the batch', () => status() === 'in_progress');
  server.releaseBatches(ANSWERED);
  await until('its answers', () => server.batches[0]?.request_counts?.completed === ANSWERED);
  await project.client.workflow.getHandle(run.workflowId).cancel();
  await expect(run.end()).rejects.toThrow('was cancelled');
  server.configure({ batchMs: 100 });
  await until('the end of the batch', () => status() === 'cancelled');
  expect(await journal()).toEqual([expect.stringMatching(/\/batch-[0-9a-f]+$/)]);
}

it('takes the answers of a batch that was sent with another key, which is still there', async () => {
  await cancelInMidBatch(THEIRS);
  await declare(project, { buckets: 1, steps: STEPS });
  const before = server.calls.length;
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(online()).toBe(ROWS - ANSWERED);
  const looks = server.calls.slice(before).filter(({ path }) => path.startsWith('/v1/batches/'));
  expect(looks.map(({ headers }) => headers['authorization'])).toEqual(['Bearer sk-theirs']);
  expect(await journal()).toEqual([]);
});

it('does without a batch whose key is gone, and takes its answers when the key is back', async () => {
  await cancelInMidBatch(THEIRS);
  delete env['THEIR_KEY'];
  await project.endWorkers();
  await project.work({ ...project.services, models: project.modelsWith({}) });
  await declare(project, { buckets: 1, steps: STEPS });
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(online()).toBe(ROWS);
  expect(await journal()).toEqual([expect.stringMatching(/\/batch-[0-9a-f]+$/)]);

  env['THEIR_KEY'] = 'sk-theirs';
  await project.endWorkers();
  await project.work({ ...project.services, models: project.modelsWith({}) });
  await rows(ROWS + 1);
  const next = await project.run();
  expect(countsOf(next.manifest)).toEqual({ ok: ROWS + 1 });
  expect(online()).toBe(ROWS + 1);
  expect(await journal()).toEqual([]);
});

it('does without a batch whose key is refused by now', async () => {
  await cancelInMidBatch(THEIRS);
  env['THEIR_KEY'] = 'sk-revoked';
  await project.endWorkers();
  await project.work({ ...project.services, models: project.modelsWith({}) });
  await declare(project, { buckets: 1, steps: STEPS });
  expect(countsOf((await project.run()).manifest)).toEqual({ ok: ROWS });
  expect(online()).toBe(ROWS);
});

it('asks again when the provider has the results no longer, and forgets the batch', async () => {
  await cancelInMidBatch(MODELS);
  const headers = { authorization: 'Bearer sk-ours' };
  for (const { id, purpose } of server.files)
    if (purpose === 'batch_output') await fetch(`${server.url}/files/${id}`, { method: 'DELETE', headers });
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(online()).toBe(ROWS);
  expect(await journal()).toEqual([]);
});

it('asks again when the provider knows the batch no longer, and forgets it', async () => {
  await cancelInMidBatch(MODELS);
  server.reset();
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(online()).toBe(ROWS);
  expect(await journal()).toEqual([]);
});

it('leaves a batch where it is while the provider of it is down', async () => {
  await cancelInMidBatch(MODELS);
  server.inject({ fault: { kind: 'server_error' }, path: '/v1/batches/{id}', every: 1 });
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(online()).toBe(ROWS);
  expect(await journal()).toEqual([expect.stringMatching(/\/batch-[0-9a-f]+$/)]);
});
