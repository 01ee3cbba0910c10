import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPENAI_MODELS } from '../../cli/demo-models.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { GettokFolder, type RunReport } from './gettok-process.ts';

/** One project for all: the example with OpenAI's models, then a version with another prompt, then one with fewer rows. */
let server: OpenAIServer;
let project: GettokFolder;
let first: RunReport;
let second: RunReport;
let third: RunReport;
let id: string;
let leaving: string;

const openai = OPENAI_MODELS.flatMap((value) => ['--set', value]);
const run = (...more: readonly string[]) => project.json<RunReport>('run', 'peru-2022', '--yes', ...openai, ...more);
const why = (...args: readonly string[]) => project.gettok('why', '--folder', 'peru-2022', ...args);

beforeAll(async () => {
  server = await OpenAIServer.start();
  project = await GettokFolder.withExample({ OPENAI_API_KEY: server.apiKey, OPENAI_BASE_URL: server.url });
  first = await run('--message', 'the first');
  await project.gettok('tag', 'v1.0.0', '--folder', 'peru-2022');
  const prompt = join(project.path, 'peru-2022/prompts/stance.md');
  await writeFile(prompt, `${await readFile(prompt, 'utf8')}\nThink of who speaks.\n`);
  second = await run('--message', 'who speaks counts');
  const data = join(project.path, 'peru-2022/data/videos.jsonl');
  const lines = (await readFile(data, 'utf8')).trimEnd().split('\n');
  leaving = (JSON.parse(lines[0]!.replace(/"id":\s*(\d+)/, '"id":"$1"')) as { id: string }).id;
  await writeFile(data, `${lines.slice(1).join('\n')}\n`);
  third = await run();
  const rows = await project.json<{ id: string }[]>(
    'query',
    'peru-2022',
    "select id from dataset where stance_status = 'ok' and transcript_status = 'ok' order by id",
  );
  id = rows[0]!.id;
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await server?.close();
});

interface Story {
  readonly version: string;
  readonly value: unknown;
  readonly status: string;
  readonly error_code: string | null;
  readonly rendered_again: string;
  readonly prompts: Record<string, string>;
  readonly requests: {
    request_key: string;
    rendered: { request_key: string; images: string[]; body: object };
    calls: { model_requested: string; model_returned: string; cost_usd: number }[];
    answers: { body: string; run: string }[];
  }[];
  readonly cells: {
    step: string;
    values: Record<string, unknown>;
    inputs: { from: string }[];
    origin?: object;
    software: string;
  }[];
}
const story = (...args: readonly string[]) => project.json<Story>('why', '--folder', 'peru-2022', ...args);

describe('gettok why', () => {
  it('tells the value, the models, the exact request and its raw answer, and every input back to the line of the file', async () => {
    const told = await story(id, 'stance.label');
    expect(told.version).toBe(third.version);
    expect(told.rendered_again).toBe('same');
    const [request] = told.requests;
    expect(request!.rendered.request_key).toBe(request!.request_key);
    expect(request!.calls[0]).toMatchObject({ model_requested: 'gpt-4o-2024-11-20', model_returned: 'gpt-4o-2024-11-20' });
    const said = JSON.parse(request!.answers[0]!.body) as { choices: { message: { content: string } }[] };
    expect(JSON.parse(said.choices[0]!.message.content)).toMatchObject({ label: told.value });
    expect(Object.values(told.prompts)[0]).toContain('Think of who speaks.');
    expect(told.cells.map(({ step }) => step)).toEqual([
      'stance',
      'description',
      'transcript',
      'frames',
      'audio',
      'media',
      'video',
    ]);
    expect(told.cells.at(-1)!.origin).toEqual({ kind: 'place', place: expect.stringMatching(/^data\/videos\.jsonl:\d+$/) });
    process.stdout.write((await why(id, 'stance.label')).stdout + '\n');
    process.stdout.write((await why(id, 'stance.rationale', '@v1.0.0', '--save')).stdout + '\n');
    process.stdout.write((await why(id, 'frames.frames', '@v1.0.0')).stdout + '\n');
    process.stdout.write((await why(id, 'transcript.text', '@v1.0.0')).stdout + '\n');
    process.stdout.write((await why(leaving, 'stance.label')).all + '\n');
    process.stdout.write((await why(id, 'stnace.label')).all + '\n');
    process.stdout.write((await why(id, 'stance.lable')).all + '\n');
    process.stdout.write((await why(id, 'stance')).all + '\n');
    process.stdout.write((await why('nobody', 'stance.label')).all + '\n');
    process.stdout.write((await why(id, 'video.username', '--html', 'a.html')).all + '\n');
    process.stdout.write(String(await readdir(join(project.path, `why-${id}`))) + '\n');
    process.stdout.write(String(first.version + second.version) + '\n');
    process.stdout.write((await project.gettok('log', 'peru-2022')).all + '\n');
  });
});
