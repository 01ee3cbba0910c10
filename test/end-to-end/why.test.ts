import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPENAI_MODELS } from '../../cli/demo-models.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { GettokFolder, type RunReport } from './gettok-process.ts';

/** One project for all: the example with OpenAI's models, another prompt, and on a branch a row less. */
let server: OpenAIServer;
let project: GettokFolder;
let versions: { readonly first: string; readonly second: string; readonly pilot: string };
/** A row that every step made something of, and the first row of the file, which the branch doesn't have. */
let id: string;
let leaving: string;

const openai = OPENAI_MODELS.flatMap((value) => ['--set', value]);
const run = async (...more: readonly string[]) =>
  (await project.json<RunReport>('run', 'peru-2022', '--yes', ...openai, ...more)).version;
const why = (...args: readonly string[]) => project.gettok('why', '--folder', 'peru-2022', ...args);
const ids = async (where: string) =>
  (await project.json<{ id: string }[]>('query', 'peru-2022', `select id from dataset where ${where} order by id`)).map(
    (row) => row.id,
  );

beforeAll(async () => {
  server = await OpenAIServer.start();
  project = await GettokFolder.withExample({ OPENAI_API_KEY: server.apiKey, OPENAI_BASE_URL: server.url });
  const first = await run('--message', 'the first');
  await project.gettok('tag', 'v1.0.0', '--folder', 'peru-2022');
  const prompt = join(project.path, 'peru-2022/prompts/stance.md');
  await writeFile(prompt, `${await readFile(prompt, 'utf8')}\nThink of who speaks.\n`);
  const second = await run('--message', 'who speaks counts');
  await project.gettok('branch', 'pilot', '--folder', 'peru-2022');
  const data = join(project.path, 'peru-2022/data/videos.jsonl');
  const lines = (await readFile(data, 'utf8')).trimEnd().split('\n');
  leaving = /"id":\s*"?(\d+)/.exec(lines[0]!)![1]!;
  await writeFile(data, `${lines.slice(1).join('\n')}\n`);
  versions = { first, second, pilot: await run('--branch', 'pilot') };
  id = (await ids(`stance_status = 'ok' and transcript_status = 'ok' and id <> '${leaving}'`))[0]!;
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
    rendered: { request_key: string; body: object };
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
  it('tells the value, the models, the exact request with its raw answer, and every input back to the line of the file', async () => {
    const told = await story(id, 'stance.label');
    expect(told.version).toBe(versions.second);
    expect(told.rendered_again).toBe('same');
    const [request] = told.requests;
    expect(request!.rendered.request_key).toBe(request!.request_key);
    expect(request!.calls[0]).toMatchObject({
      model_requested: 'gpt-4o-2024-11-20',
      model_returned: 'gpt-4o-2024-11-20',
      endpoint: 'chat/completions',
    });
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
    expect(told.cells[0]!.inputs.map(({ from }) => from)).toContain('transcript.text');
    expect(told.cells.at(-1)!.origin).toEqual({
      kind: 'place',
      place: expect.stringMatching(/^data\/videos\.jsonl:\d+$/) as string,
    });
  });

  it('renders what the server got, text by text', async () => {
    const told = await story(id, 'stance.label');
    const messages = (body: object | null) =>
      (body && 'messages' in body ? body.messages : []) as { content: string | { text?: string }[] }[];
    const textOf = (body: object | null, message: number) => {
      const content = messages(body)[message]?.content;
      return typeof content === 'string' ? content : content?.[0]?.text;
    };
    const { body } = told.requests[0]!.rendered;
    const got = server.calls.find((call) => textOf(call.body, 1) === textOf(body, 1));
    expect(textOf(body, 1)).toContain('Think of who speaks.');
    expect(got && textOf(got.body, 0)).toBe(textOf(body, 0));
  });

  it('on a terminal says it in lines, with the prompt as sent', async () => {
    const { stdout } = await why(id, 'stance.label', '@v1.0.0');
    expect(stdout).toMatch(new RegExp(`^(no support|support|neutral)   stance\\.label of ${id} in v1\\.0\\.0\\n`));
    expect(stdout).toMatch(
      /^asked +gpt-4o-2024-11-20 \(answered by the same\) on 20\d\d-\d\d-\d\d .* tokens, \$0\.\d+, run r-/m,
    );
    expect(stdout).toMatch(/^checked +✔ rendered again, every request has the digest/m);
    expect(stdout).toMatch(/^ {2}transcript\.text +\S.* ai\/transcribe@2 whisper-1/m);
    expect(stdout).toMatch(/^source +data\/videos\.jsonl:\d+$/m);
    expect(stdout).toContain('  [system]\n  You answer questions about one short video');
    expect(stdout).not.toContain('Think of who speaks.');
  });

  it('says why a cell was skipped or failed', async () => {
    const [silent] = await ids("transcript_status = 'skipped'");
    expect((await why(silent!, 'transcript.text')).stdout).toMatch(
      new RegExp(`^\\(skipped: \\w+\\)   transcript\\.text of ${silent}[^\\n]*\\nwhy +\\S`),
    );
    const [broken] = await ids("frames_status = 'failed'");
    expect((await why(broken!, 'frames.frames')).stdout).toMatch(/^\(failed: \w+\) .*\nwhy +\S/);
  });

  it('saves prompt, images, request and raw answer, and overwrites nothing unasked', async () => {
    const { stdout } = await why(id, 'stance.label', '--save');
    expect(stdout).toContain(`Saved in why-${id}: prompt.txt, request.json, answer.json, frame-1.jpg, why.json`);
    const folder = join(project.path, `why-${id}`);
    expect((await readdir(folder)).toSorted()).toEqual([
      'answer.json',
      'frame-1.jpg',
      'prompt.txt',
      'request.json',
      'why.json',
    ]);
    expect((await readFile(join(folder, 'frame-1.jpg'))).subarray(0, 2).toString('hex')).toBe('ffd8');
    expect(await readFile(join(folder, 'prompt.txt'), 'utf8')).toContain('[user]\nYou code short videos');
    const again = await why(id, 'stance.label', '--save');
    expect([again.exitCode, again.stderr]).toEqual([
      2,
      `✘ why-${id}/prompt.txt is there already. Name another folder, or overwrite it with --force.`,
    ]);
    expect((await why(id, 'stance.label', '--save', `why-${id}`, '--force')).exitCode).toBe(0);
  });

  it('writes a page with its images in it and no address of anything else', async () => {
    expect((await why(id, 'stance.label', '--html', 'why.html')).exitCode).toBe(0);
    const page = await readFile(join(project.path, 'why.html'), 'utf8');
    expect(page).toContain('<img src="data:image/jpeg;base64,/9j/');
    expect(page).toContain('&lt;transcript&gt;');
    expect(page).not.toMatch(/https?:|<script|<link/);
    expect((await why(id, 'stance.label', '--html', 'why.html')).exitCode).toBe(2);
  });

  it.each([
    [() => [leaving, 'stance.label', '@pilot'], 'but it is in main. Look there with: gettok why'],
    [() => ['nobody', 'stance.label'], 'There is no row nobody among the 24 of sha256:'],
    [() => [id, 'stnace.label'], 'There is no step "stnace" in this version. Did you mean stance.label?'],
    [() => [id, 'stance.lable'], 'There is no column "lable" in stance. Did you mean label?'],
    [() => [id, 'stance'], 'Which column of stance? stance makes label, rationale.'],
    [() => [id, 'stance.label', '@v9'], 'peru-2022 has no branch, tag or version "v9"'],
  ])('says what is wrong, and what to do: %#', async (args, message) => {
    const { exitCode, stderr } = await why(...args());
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toContain(message);
  });
});

describe('every name of a version', () => {
  const names = () =>
    [
      ['@v1.0.0', versions.first],
      ['@pilot~1', versions.second],
      [versions.pilot.slice(7, 19), versions.pilot],
    ] as const;

  it('is understood by show, query, export and why', async () => {
    for (const [at, version] of names()) {
      const rows = version === versions.pilot ? 23 : 24;
      const shown = await project.json<{ version: string }>('show', at, '--folder', 'peru-2022');
      expect([at, shown.version]).toEqual([at, version]);
      const counted = await project.json<object[]>('query', 'peru-2022', 'select count(*) n from dataset', '--at', at);
      expect([at, counted]).toEqual([at, [{ n: String(rows) }]]);
      const to = `${names().findIndex(([name]) => name === at)}.arrow`;
      const exported = await project.json<object>('export', 'peru-2022', '--to', to, '--at', at);
      expect([at, exported]).toEqual([at, { file: to, version, rows }]);
      expect([at, (await story(id, 'stance.label', at)).version]).toEqual([at, version]);
    }
  });
});

describe('gettok log', () => {
  it('draws all branches with their names, messages and what each version changed', async () => {
    const { stdout } = await project.gettok('log', 'peru-2022', '--all');
    const short = (version: string) => version.slice(0, 15);
    expect(
      stdout.split('\n').map((line) => line.replace(/ {3}\d{4}-.* UTC/, '').replace(/\d+ calls?, \$[\d.]+/, 'paid')),
    ).toEqual([
      expect.stringMatching(`^\\*  ${short(versions.pilot)}   23 rows .*\\(pilot\\)$`) as string,
      expect.stringMatching(/^\|  {3}changed: video \([a-z ]+\), .*stance \(values\) · 24 → 23 rows$/) as string,
      expect.stringMatching(`^\\*  ${short(versions.second)}   24 rows .*\\(main\\)$`) as string,
      '|    changed: stance (prompt) · paid',
      '|    "who speaks counts"',
      expect.stringMatching(`^\\*  ${short(versions.first)}   24 rows .*\\(tag: v1.0.0\\)$`) as string,
      '     the first version · paid',
      '     "the first"',
    ]);
  });

  it('as JSON has one object a version', async () => {
    const { stdout } = await project.gettok('log', 'peru-2022', '--json', '--at', '@pilot', '-n', '2');
    expect(stdout.split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([
      { version: versions.pilot, parent: versions.second, branches: ['pilot'], tags: [], rows: 23, rows_before: 24 },
      { version: versions.second, parents: [versions.first], changed: ['stance'], changes: { stance: ['prompt'] } },
    ]);
  });
});
