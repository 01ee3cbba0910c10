import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { checkModels } from '../../cli/check-models.ts';
import { modelsOfDataset } from '../../cli/models-of-dataset.ts';
import { renderModels } from '../../cli/terminal/render-models.ts';
import { coloursFor } from '../../cli/terminal/colours.ts';
import { temporaryFolder } from '../datasets/parquet/temporary-folder.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';

const server = await OpenAIServer.start();
let printed = '';
beforeEach(async () => {
  server.reset();
  printed = '';
  vi.stubEnv('GETTOK_PROJECT', await temporaryFolder());
  vi.stubEnv('OPENAI_API_KEY', server.apiKey);
  vi.stubEnv('OPENAI_BASE_URL', server.url);
  vi.stubEnv('OTHER_KEY', '');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (printed += String(text)) !== '');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
afterAll(() => server.close());

async function dataset(...models: string[]): Promise<string> {
  const folder = await temporaryFolder();
  const declaration = [
    'dataset: demo',
    'title: Demo',
    'models:',
    ...models.map((line) => `  ${line}`),
    'steps:',
    '  video: { uses: import/table, with: { path: videos.csv } }',
  ];
  await writeFile(join(folder, 'dataset.yaml'), `${declaration.join('\n')}\n`);
  await writeFile(join(folder, 'videos.csv'), 'id,text\n7203,hola\n');
  return folder;
}

/** The lines without the times, which differ. */
const lines = () =>
  printed
    .replaceAll(server.url, 'http://server')
    .replaceAll(/\d+\.\d s/g, '0.0 s')
    .split('\n');

it('asks each declared model once, for what it is for, and says what works', async () => {
  server.answerWith({ answer: { answer: 'ok' } });
  const folder = await dataset(
    'gpt: { provider: openai, model: gpt-4o, parameters: { temperature: 0 } }',
    'thinker: { provider: openai, model: o4-mini-2025-04-16 }',
    'whisper: { provider: openai, model: whisper-1 }',
    'vectors: { provider: openai, model: text-embedding-3-small }',
    'floor: { provider: baseline, model: facts-and-lexicon-1 }',
  );
  expect(await checkModels(folder, { set: [] })).toBe(true);
  expect(lines()).toEqual([
    '  4 tiny requests, for a fraction of a cent in all',
    '',
    expect.stringMatching(
      /^ {2}✔ {2}gpt +gpt-4o → gpt-4o-2024-08-06 +http:\/\/server +0\.0 s +\$0\.000\d+ +structured output$/,
    ),
    expect.stringMatching(/^ {2}✔ {2}thinker +o4-mini-2025-04-16 .*structured output$/),
    expect.stringMatching(/^ {2}✔ {2}whisper +whisper-1 → not stated .*transcript$/),
    expect.stringMatching(/^ {2}✔ {2}vectors +text-embedding-3-small .*1536 dimensions$/),
    expect.stringMatching(/^ {2}✔ {2}floor +facts-and-lexicon-1 +this program +\$0\.00 +in this program$/),
    '',
  ]);
  const bodies = server.calls.map(({ body }) => body!);
  expect(Object.fromEntries(bodies.map(({ model, max_completion_tokens: limit }) => [model, limit]))).toEqual({
    'gpt-4o': 16,
    'o4-mini-2025-04-16': 1024,
    'text-embedding-3-small': undefined,
    'whisper-1': undefined,
  });
  expect(bodies).toHaveLength(4);
});

it('shows an image to a model that a step shows images, and says that it was taken', async () => {
  server.answerWith({ answer: { answer: 'ok' } });
  const folder = await dataset('gpt: { provider: openai, model: gpt-4o-2024-11-20 }');
  const steps = [
    '  media: { uses: media/files, needs: [video], with: { path: media } }',
    '  frames: { uses: media/frames, needs: [media] }',
    '  describe: { uses: ai/generate, needs: [frames], with: { model: gpt, prompt: p.md, output: { text: string } } }',
  ];
  await mkdir(join(folder, 'media'));
  await writeFile(join(folder, 'p.md'), 'Describe it.\n');
  await writeFile(join(folder, 'dataset.yaml'), `${steps.join('\n')}\n`, { flag: 'a' });
  expect(await checkModels(folder, { set: [], json: true })).toBe(true);
  expect(JSON.parse(printed)).toMatchObject({
    ok: true,
    models: [
      {
        name: 'gpt',
        asks: 'questions',
        steps: ['describe'],
        answered: 'gpt-4o-2024-11-20',
        works: ['structured output', 'images'],
        problem: null,
        cost_usd: expect.any(Number),
      },
    ],
  });
  expect(JSON.stringify(server.calls[0]!.body)).toContain('data:image/png;base64,');
});

it('says under each model that doesn’t work the one thing that mends it', async () => {
  const gone = await OpenAIServer.start();
  await gone.close();
  const folder = await dataset(
    'gpt: { provider: openai, model: gpt-9 }',
    `gone: { provider: openai, model: m, base_url: '${gone.url}' }`,
    `keyless: { provider: openai, model: m, base_url: '${server.url}/x', api_key_env: OTHER_KEY }`,
    `header: { provider: openai, model: m, base_url: '${server.url}/x', headers_env: { api-key: OTHER_KEY } }`,
    'odd: { provider: openai, model: gpt-4.1, parameters: { temperature: 9 } }',
    'chatty: { provider: openai, model: gpt-4o-mini }',
  );
  server.inject({ fault: { kind: 'content', content: 'Sure: ok' }, model: 'gpt-4o-mini' });
  expect(await checkModels(folder, { set: [] })).toBe(false);
  const said = lines().map((line) => line.replaceAll(gone.url, 'http://gone').replace(/^( {2}✘ {2}\w+) .*/, '$1'));
  expect(said.slice(2, -1)).toEqual([
    '  ✘  gpt',
    "      The server at http://server knows no model gpt-9, or doesn't let this account use it (404)",
    '      Correct the model under models',
    '  ✘  gone',
    "      The server at http://gone can't be reached (ECONNREFUSED)",
    '      Start that server, or correct base_url of models.gone',
    '  ✘  keyless',
    '      The server at http://server/x wants a key for m, and OTHER_KEY is not set',
    '      Set OTHER_KEY, or declare another model',
    '  ✘  header',
    '      The server at http://server/x wants a key for m, and OTHER_KEY is not set',
    '      Set OTHER_KEY, or declare another model',
    '  ✘  odd',
    expect.stringMatching(/^ {6}400 Invalid 'temperature': decimal above maximum value/),
    '      Correct models.odd: the server refuses a request made from it',
    '  ✘  chatty',
    '      The answer is no JSON: Sure: ok',
    '      Declare a model and a server that keep to a JSON Schema (response_format of type json_schema)',
  ]);
});

it('lists the models without asking any', async () => {
  const folder = await dataset(
    'gpt: { provider: openai, model: gpt-4o-2024-11-20, requests_per_minute: 500, tokens_per_minute: 30000 }',
    "azure: { provider: openai, model: stance, base_url: 'https://lab.openai.azure.com/openai/v1', headers_env: { api-key: OTHER_KEY } }",
    'floor: { provider: baseline, model: facts-and-lexicon-1 }',
  );
  const { models } = await modelsOfDataset(folder, [], false);
  expect(models.map(({ name, keys, server: at }) => [name, keys, at])).toEqual([
    ['gpt', [{ variable: 'OPENAI_API_KEY', set: true }], server.url],
    ['azure', [{ variable: 'OTHER_KEY', set: false }], 'https://lab.openai.azure.com/openai/v1'],
    ['floor', [], null],
  ]);
  const [title, gpt, azure, floor] = renderModels(models, { width: 200, colours: coloursFor({ isTTY: false }) }).split(
    '\n',
  );
  expect(title).toMatch(/^ {2}model +asked for +made by +at +key +price +limits$/);
  expect(gpt).toMatch(/OPENAI_API_KEY +\$2\.5 in, \$10 out, a million +500 requests\/min, 30,000 tokens\/min$/);
  expect(azure).toMatch(/OTHER_KEY \(not set\) +unknown +none$/);
  expect(floor).toMatch(/this program +none +\$0 +none$/);
  expect(server.counts().total).toBe(0);
});
