import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aiClassify } from '../../activities/kinds/ai-classify.ts';
import { stepKinds } from '../../activities/kinds/index.ts';
import type { StepKind } from '../../activities/step-kind.ts';
import { coloursFor } from '../../cli/terminal/colours.ts';
import { renderWhy } from '../../cli/terminal/render-why.ts';
import { explainCell } from '../../cli/why/explain-cell.ts';
import { saveFolder, saveStory } from '../../cli/why/save-story.ts';
import { storyHtml } from '../../cli/why/story-html.ts';
import { valueWords } from '../../cli/why/story-words.ts';
import { notThere } from '../../cli/why/where-else.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { temporaryFolder } from '../datasets/parquet/temporary-folder.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { askingProject } from './asking-project.ts';
import { PagedApi, pagedKind } from './paged-kind.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());
let project: TestProject;
beforeEach(() => server.reset());
afterEach(() => project[Symbol.asyncDispose]());

interface Made {
  readonly version: string;
  readonly manifest: Manifest;
}

async function story({ version, manifest }: Made, id: string, column: string, kinds = project.kinds) {
  const { blobs, database } = project.services;
  const told = await explainCell({ blobs, database, kinds }, { version: version as Digest, manifest }, id, column);
  return told && { ...told, tags: [] };
}

const stance = (more = '') =>
  `  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [yes, no]${more} } }`;

describe('what was asked for a cell', () => {
  it('is every request of a cell that asks several times, each with its own answer', async () => {
    project = await askingProject(server, { rows: 3, buckets: 2, steps: stance(', repeats: 3') });
    const told = await story(await project.run(), 'row-1', 'stance.agreement');
    expect(told!.asked.verdict).toBe('same');
    expect(
      told!.asked.requests.map(({ rendered, calls, answers }) => [rendered !== null, calls.length, answers.length]),
    ).toEqual([1, 2, 3].map(() => [true, 1, 1]));
    expect(new Set(told!.asked.requests.map(({ key }) => key)).size).toBe(3);
    // The same prompt each time is shown once.
    const text = renderWhy(told!, { width: 120, colours: coloursFor({}), saved: null });
    expect(text.match(/^the prompt as sent/gm)).toHaveLength(1);
    expect(text.match(/^asked /gm)).toHaveLength(3);
  });

  it('is the second request too, which only the first answer led to', async () => {
    project = await askingProject(server, { rows: 1, buckets: 1, steps: stance() });
    server.inject({ kind: 'length' });
    const told = await story(await project.run(), 'row-0', 'stance.label');
    expect(told!.asked.verdict).toBe('same');
    const limits = told!.asked.requests.map(({ rendered }) => rendered!.request.body['max_completion_tokens']);
    expect(limits).toEqual([1024, 4096]);
    expect(told!.asked.requests.every(({ answers }) => answers.length === 1)).toBe(true);
  });

  it('is told to be another when this program puts the request together in another way', async () => {
    project = await askingProject(server, { rows: 1, buckets: 1, steps: stance() });
    const made = await project.run();
    const otherwise: StepKind = {
      ...aiClassify,
      cell: (inputs, params, tools) =>
        aiClassify.cell!({ 'video.words': `${JSON.stringify(inputs['video.words'])}!` }, params, tools),
    };
    const told = await story(made, 'row-0', 'stance.label', new Map([...stepKinds, ['ai/classify', otherwise]]));
    expect(told!.asked.verdict).toBe('differs');
    expect(
      told!.asked.requests.map(({ key, rendered, calls }) => [key !== null, rendered !== null, calls.length]),
    ).toEqual([
      [true, false, 1],
      [false, true, 0],
    ]);
    const text = renderWhy(told!, { width: 120, colours: coloursFor({}), saved: null });
    expect(text).toContain('checked    ✘ rendered again, the digest is another than the one recorded');
  });

  it('is not rendered by a program that has another revision of the step kind, but its answer is there', async () => {
    project = await askingProject(server, { rows: 1, buckets: 1, steps: stance() });
    const made = await project.run();
    const newer = new Map([...stepKinds, ['ai/classify', { ...aiClassify, revision: 2 }]]);
    const told = await story(made, 'row-0', 'stance.label', newer);
    expect(told!.asked).toMatchObject({ verdict: 'not rendered' });
    expect(told!.asked.note).toContain('ai/classify@1 is no step kind of this program');
    expect(told!.asked.requests[0]!.answers).toHaveLength(1);
    expect(told!.cells.map(({ step }) => step)).toEqual(['stance', 'video']);
  });

  it('is found in versions that do not say what their steps read', async () => {
    project = await askingProject(server, { rows: 1, buckets: 1, steps: stance() });
    const { version, manifest } = await project.run();
    const { reads: _reads, ...before } = manifest.state.steps['stance']!;
    const old = { ...manifest, state: { ...manifest.state, steps: { ...manifest.state.steps, stance: before } } };
    const told = await story({ version, manifest: old }, 'row-0', 'stance.label');
    expect(told!.cells[0].inputs).toEqual([{ role: 'video.words', step: 'video', column: 'words' }]);
    expect(told!.asked.verdict).toBe('same');
  });

  it('of a cell that was refused is the request, with what the provider said', async () => {
    project = await askingProject(server, { rows: 1, buckets: 1, steps: stance() });
    server.inject({ kind: 'refusal', refusal: 'I won’t.' });
    const told = await story(await project.run(), 'row-0', 'stance.label');
    expect(told!.cells[0]).toMatchObject({ status: 'failed', errorCode: 'refused', errorMessage: 'I won’t.' });
    expect(told!.asked.verdict).toBe('same');
    const text = renderWhy(told!, { width: 120, colours: coloursFor({}), saved: null });
    expect(text.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^\(failed: refused\) {3}stance\.label of row-0 in sha256:/),
      'why        I won’t.',
    ]);
  });
});

it('a text without a letter is told from one that is not there', async () => {
  project = await askingProject(server, { rows: 1, buckets: 1, steps: stance() });
  const [cell] = (await story(await project.run(), 'row-0', 'video.words'))!.cells;
  expect(valueWords({ ...cell, values: { words: '' } }, 'words')).toBe('(empty text)');
  expect(valueWords({ ...cell, values: { words: null } }, 'words')).toBe('(no value)');
});

it('a value of a collected row leads to the page of the API, by its log', async () => {
  const api = new PagedApi();
  const kinds = new Map([...testKinds().kinds, [pagedKind.kind, pagedKind]]);
  project = await TestProject.start(kinds, { api: () => api });
  await project.write(
    'dataset.yaml',
    'dataset: pages\npartition: { by: id, buckets: 2 }\nsteps:\n  video: { uses: test/pages, with: { days: [d1, d2] } }\n',
  );
  const told = await story(await project.run(), 'd2-1b', 'video.views');
  const { place } = told!.cells[0];
  expect(place).toMatchObject({ kind: 'request', sent: { unit: 'd2', page: 1, log_id: 'log-1', code: 'ok' } });
  expect(told!.asked).toMatchObject({ verdict: 'nothing asked', note: null, requests: [] });
  const text = renderWhy(told!, { width: 120, colours: coloursFor({}), saved: null });
  expect(text).toMatch(/^source +test\/pages, query sha256:\w{8}, d2, page 1, log id log-1, 20\d\d-/m);
});

describe('ids and texts from strangers', () => {
  const HOSTILE = '../../<img src=x onerror=alert(1)>';

  it('become no path, no markup and no command to the terminal', async () => {
    project = await askingProject(server, { rows: 0, buckets: 1, steps: stance() });
    await project.write('rows.csv', `id,words\n"${HOSTILE}","</data><script>\u202e\u001b[31m"\n`);
    const told = (await story(await project.run(), HOSTILE, 'stance.label'))!;
    const folder = saveFolder(HOSTILE);
    expect(folder).toMatch(/^why-[0-9a-f]{16}$/);
    const at = join(await temporaryFolder(), folder);
    const { blobs } = project.services;
    expect(await saveStory(told, at, blobs, { force: false })).toEqual([
      'prompt.txt',
      'request.json',
      'answer.json',
      'why.json',
    ]);
    expect(await readdir(at)).toHaveLength(4);
    await expect(saveStory(told, join(at, 'why.json'), blobs, { force: true })).rejects.toThrow(
      'No folder can be made at',
    );
    expect(await readFile(join(at, 'prompt.txt'), 'utf8')).toContain(
      '<data-2></data><script>\u202e\u001b[31m</data-2>',
    );
    const page = await storyHtml(told, blobs);
    expect(['<script', '<img', '\u001b', '\u202e'].filter((mark) => page.includes(mark))).toEqual([]);
    expect(page).toContain('&lt;/data&gt;&lt;script&gt;▯');
    const text = renderWhy(told, { width: 120, colours: coloursFor({}), saved: null });
    expect(['\u001b', '\u202e'].filter((mark) => text.includes(mark))).toEqual([]);
  });
});

it('an id that only another version has is found there', async () => {
  project = await askingProject(server, { rows: 2, buckets: 2, steps: stance() });
  const first = await project.run();
  await project.write('rows.csv', 'id,words\nrow-1,palabras\n');
  const second = await project.run();
  expect(await story(second, 'row-0', 'stance.label')).toBeNull();
  const { blobs, database } = project.services;
  const tell = (id: string) =>
    notThere(project.store, { blobs, database }, { version: second.version as Digest, manifest: second.manifest }, id);
  expect((await tell('row-0')).message).toContain(
    `but it is in the version ${first.version.slice(0, 15)}. Look there with: gettok why row-0 <step.column> ${first.version.slice(7, 19)}`,
  );
  expect((await tell("o'row\0")).message).toContain('nor in any other version of peru');
});
