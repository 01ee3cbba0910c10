import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
} from 'openai/resources/chat/completions';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Manifest } from '../../manifests/manifest.ts';
import { OPENAI_MODELS } from '../../cli/demo-models.ts';
import { imageTokens, readImageUrl } from '../openai-server/image-url.ts';
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
interface Range {
  readonly low: number;
  readonly high: number;
}
/** What a plan says of a step before the run. */
async function planOf(name: string, ...set: readonly string[]) {
  const options = set.flatMap((value) => ['--set', value]);
  const { steps } = await project.json<{
    steps: { step: string; calls: Range; input_tokens: Range; audio_minutes: Range; cost_usd: Range }[];
  }>('plan', 'peru-2022', ...openai, ...options);
  return steps.find(({ step }) => step === name)!;
}

function expectWithin(value: number, { low, high }: Range): void {
  expect(value).toBeGreaterThanOrEqual(low);
  expect(value).toBeLessThanOrEqual(high);
}

/** What a chat request costs to read, but for its schema. */
function tokensOf(body: unknown): number {
  const { messages } = body as ChatCompletionCreateParamsNonStreaming;
  return messages.reduce((sum, { content }) => {
    if (typeof content === 'string') return sum + 4 + countTokens(content);
    const parts = (content ?? []) as ChatCompletionContentPart[];
    return parts.reduce((tokens, part) => tokens + tokensOfPart(part), sum + 4);
  }, 3);
}

function tokensOfPart(part: ChatCompletionContentPart): number {
  if (part.type === 'text') return countTokens(part.text);
  if (part.type !== 'image_url') throw new Error(`a part of type ${part.type}`);
  return imageTokens(readImageUrl(part.image_url.url, 'url'), part.image_url.detail ?? 'auto');
}

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
  const onBranch = await project.gettok('run', 'peru-2022', ...openai, '--branch', 'same');
  expect(onBranch.stdout).toMatch(
    /^same is a new branch and starts at sha256:\w+ \(main\)\.\nperu-2022 is up to date:/,
  );
  expect(server.counts().total).toBe(before);
});

it('asks only the changed prompt, and takes every other file over', async () => {
  const prompt = join(project.path, 'peru-2022/prompts/stance.md');
  const before = server.counts().total;
  const original = await readFile(prompt, 'utf8');
  await appendFile(prompt, '\nAnswer with care.\n');
  const planned = await planOf('stance');
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
  // What was planned is what was sent, by OpenAI's own vocabulary and rule for images.
  const sent = server.calls.slice(before).map(({ body }) => tokensOf(body));
  expectWithin(
    sent.reduce((sum, tokens) => sum + tokens, 0),
    planned.input_tokens,
  );
  expect(planned.input_tokens.high / planned.input_tokens.low).toBeLessThan(1.15);
  expect(planned.calls).toEqual({ low: 23, high: 23 });
  expectWithin(second.steps['stance']!.cost_usd, planned.cost_usd);
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

it('plans the minutes of sound and the sizes of frames that are there', async () => {
  const speech = await planOf('transcript', 'steps.transcript.with.language=en');
  const [sound] = await project.json<{ s: number }[]>('query', 'peru-2022', 'select sum(duration_s) as s from audio');
  expect(speech.calls).toEqual({ low: 20, high: 20 });
  expectWithin(sound!.s / 60, speech.audio_minutes);
  expect(speech.audio_minutes.high - speech.audio_minutes.low).toBeLessThanOrEqual(20 / 60);

  const described = await planOf('description', 'steps.description.with.max_output_tokens=2000');
  const sent = server.calls.filter(({ body }) => JSON.stringify(body).includes('displayed_text":{"type'));
  expectWithin(
    sent.slice(0, 23).reduce((sum, { body }) => sum + tokensOf(body), 0),
    described.input_tokens,
  );
  expect(described.input_tokens.high / described.input_tokens.low).toBeLessThan(1.2);
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

it('draws a sheet for people, and compares versions with each other and with what people say', async () => {
  const folder = ['--folder', 'peru-2022'];
  const drawing = ['--size', '6', '--stratify', 'stance.label', '--blind', '--columns', 'transcript.text'];
  const sheet = await project.json<{ rows: number }>('sample', 'main', ...folder, ...drawing, '-o', 'sheet.csv');
  expect(sheet.rows).toBe(6);
  const text = await readFile(join(project.path, 'sheet.csv'), 'utf8');
  await writeFile(join(project.path, 'sheet.csv'), text.replaceAll(/,,\r\n/g, ',neutral,\r\n'));
  const { sides } = await project.json<{ sides: { name: string; with_value: number }[] }>(
    'compare',
    'main~1',
    'main',
    ...folder,
    '--column',
    'stance.label',
    '--gold',
    'sheet.csv',
  );
  expect(sides.map(({ name, with_value: rows }) => [name, rows])).toEqual([
    ['sheet.csv', 6],
    ['main~1', 23],
    ['main', 23],
  ]);
  const { stdout } = await project.gettok(
    'compare',
    'main~1',
    'main',
    ...folder,
    '--column',
    'stance.label',
    '-o',
    'report.html',
  );
  expect(stdout).toMatch(/^agreement [^]*\nreport: report\.html \(plots, /);
});
