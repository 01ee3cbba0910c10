import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Manifest } from '../../manifests/manifest.ts';
import { OPENAI_MODELS } from '../../cli/demo-models.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { GettokFolder, type RunReport } from './gettok-process.ts';

let server: OpenAIServer;
let project: GettokFolder;
let first: RunReport;

beforeAll(async () => {
  server = await OpenAIServer.start();
  project = await GettokFolder.withExample({ OPENAI_API_KEY: server.apiKey, OPENAI_BASE_URL: server.url });
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await server?.close();
});

const show = (at: string) => project.json<Manifest & { version: string }>('show', at, '--folder', 'peru-2022');
// The example with OpenAI's models, as the demo runs it with a key.
const openai = OPENAI_MODELS.flatMap((value) => ['--set', value]);
const run = () => project.json<RunReport>('run', 'peru-2022', '--yes', ...openai);
const callsByPath = () => server.counts().byPath;

it('plans the first version with its calls and its cost, and asks no model for it', async () => {
  const plan = await project.json<{
    up_to_date: boolean;
    cost_usd: object | null;
    steps: { step: string; calls?: { high: number } }[];
  }>('plan', 'peru-2022', ...openai);
  expect(plan.up_to_date).toBe(false);
  expect(plan.steps.find(({ step }) => step === 'stance')?.calls?.high).toBe(24);
  expect(plan.cost_usd).not.toBeNull();
  expect(server.counts().total).toBe(0);
});

it('makes a version of the example: 24 rows in every step, failures and skips as data', async () => {
  first = await run();
  expect(first.changed).toBe(true);
  const outcomes = Object.fromEntries(
    Object.entries(first.steps).map(([step, { rows, ok, skipped, failed }]) => [step, [rows, ok, skipped, failed]]),
  );
  expect(outcomes).toEqual({
    video: [24, 24, 0, 0],
    media: [24, 24, 0, 0],
    probe: [24, 23, 0, 1],
    audio: [24, 20, 3, 1],
    frames: [24, 23, 0, 1],
    transcript: [24, 20, 4, 0],
    ocr: [24, 23, 1, 0],
    description: [24, 23, 1, 0],
    stance: [24, 23, 1, 0],
  });
  expect(callsByPath()).toEqual({ '/v1/audio/transcriptions': 20, '/v1/chat/completions': 46 });
});

it('records models, prompts and inputs in the manifest, and no secret, id or text', async () => {
  const manifest = await show('main');
  expect(manifest.version).toBe(first.version);
  const { stance } = manifest.state.steps;
  expect(stance?.parameters).toMatchObject({ model: { provider: 'openai', model: 'gpt-4o-2024-11-20' } });
  const records = Object.values(manifest.record.steps['stance']!.partitions);
  expect(records.map(({ models }) => models)).toEqual(
    records.map(({ calls }) => ({ 'openai gpt-4o-2024-11-20 → gpt-4o-2024-11-20': calls })),
  );
  expect(records.reduce((sum, { calls }) => sum + calls, 0)).toBe(23);
  const text = JSON.stringify(manifest);
  for (const secret of [server.apiKey, '7174390048999885044', 'Castillo se', project.path])
    expect(text).not.toContain(secret);
});

it('makes no call and no version when nothing changed, and says so', async () => {
  const before = server.counts().total;
  const { stdout, exitCode } = await project.gettok('run', 'peru-2022', ...openai);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^peru-2022 is up to date: nothing to compute, no call to make \(9 steps, 3 partitions, decided in \d+\.\d s\)\.$/,
  );
  const again = await run();
  expect(again).toMatchObject({ version: first.version, changed: false });
  expect(server.counts().total).toBe(before);
});

it('asks only the changed prompt, and takes every other file over', async () => {
  const prompt = join(project.path, 'peru-2022/prompts/stance.md');
  const before = server.counts().total;
  const original = await readFile(prompt, 'utf8');
  await appendFile(prompt, '\nAnswer with care.\n');
  const second = await run();
  expect(second).toMatchObject({ changed: true, parent: first.version });
  const computed = Object.fromEntries(
    Object.entries(second.steps).map(([step, { computed: cells, calls }]) => [step, [cells, calls]]),
  );
  expect(computed).toEqual({
    video: [0, 0],
    media: [0, 0],
    probe: [0, 0],
    audio: [0, 0],
    frames: [0, 0],
    transcript: [0, 0],
    ocr: [0, 0],
    description: [0, 0],
    stance: [24, 23],
  });
  expect(server.counts().total - before).toBe(23);
  const [old, now] = [await show('main~1'), await show('main')];
  for (const step of Object.keys(first.steps).filter((name) => name !== 'stance'))
    expect(now.state.steps[step]!.partitions).toEqual(old.state.steps[step]!.partitions);
  expect(Object.values(now.record.steps['frames']!.partitions).map((made) => made.run)).toEqual(
    Array(3).fill(old.record.run),
  );

  await writeFile(prompt, original);
  const back = await run();
  expect(back.steps['stance']).toMatchObject({ computed: 0, calls: 0, reused: 24 });
  expect((await show('main')).stateDigest).toBe(old.stateDigest);
});

it('answers SQL over one table a step and the joined view, at any version', async () => {
  const labels = await project.json<{ stance_label: string; n: string }[]>(
    'query',
    'peru-2022',
    'select stance_label, count(*) as n from dataset where stance_label is not null group by 1 order by 1',
  );
  expect(labels.reduce((sum, { n }) => sum + Number(n), 0)).toBe(23);
  const [row] = await project.json<{ id: string; hashtags: string[] }[]>(
    'query',
    'peru-2022',
    '--at',
    'main~2',
    "select id, hashtag_names as hashtags from video where id = '7174390048999885044'",
  );
  expect(row).toMatchObject({ id: '7174390048999885044' });
});
