import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeclarationError, DeclarationNotFoundError } from '../../../datasets/declaration/declaration-error.ts';
import type { Declaration } from '../../../datasets/declaration/declaration.ts';
import { loadDeclaration } from '../../../datasets/declaration/load-declaration.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { testKinds } from './test-kinds.ts';

const good = join(import.meta.dirname, 'good');
const load = (folder: string, ...set: string[]) => loadDeclaration(folder, { kinds: testKinds, set });
const stepOf = ({ steps }: Declaration, name: string) => steps.find((step) => step.name === name)!;

describe('a good declaration', () => {
  it('is normalised without layout, comments, order or paths of prompts', async () => {
    const expected: unknown = JSON.parse(await readFile(join(good, 'normalised.json'), 'utf8'));
    expect((await load(good)).normalised).toEqual(expected);
  });

  it('has its steps in an order in which each follows its needs, those declared first coming first', async () => {
    const { steps } = await load(good);
    expect(steps.map(({ name }) => name)).toEqual([
      'video',
      'media',
      'audio',
      'frames',
      'transcript',
      'description',
      'stance',
    ]);
  });

  it('gives a step its parameters with defaults, its prompt and its model in place', async () => {
    const declaration = await load(good);
    const { params, tuning } = stepOf(declaration, 'stance');
    const text = await readFile(join(good, 'prompts/stance.md'), 'utf8');
    expect(params).toEqual({
      model: declaration.models['gpt'],
      prompt: { path: 'prompts/stance.md', text },
      labels: ['support', 'no support', 'neutral'],
    });
    expect(tuning).toEqual({ concurrency: 2 });
    expect(declaration.models['gpt']).toEqual({
      name: 'gpt',
      provider: 'openai',
      model: 'gpt-4o-2024-11-20',
      parameters: { seed: 7, temperature: 0 },
      requests_per_minute: 500,
    });
  });

  it('identifies a step by what its results depend on: no defaults, prompts by digest, models by what they are', async () => {
    const declaration = await load(good);
    const text = await readFile(join(good, 'prompts/describe.md'), 'utf8');
    expect(stepOf(declaration, 'frames').identity).toEqual({ max: 4 });
    expect(stepOf(declaration, 'transcript').identity).toEqual({
      model: { provider: 'openai', model: 'whisper-1', weights: 'base' },
      language: 'es',
    });
    expect(stepOf(declaration, 'description').identity).toEqual({
      model: { provider: 'openai', model: 'gpt-4o-2024-11-20', parameters: { seed: 7, temperature: 0 } },
      prompt: { prompt: sha256(text) },
      output: { description: 'string', displayed_text: { type: 'string', note: 'as on the screen' } },
    });
  });

  it('takes the price of a model along, and never into what a step depends on', async () => {
    const priced = await load(good, 'models.gpt.price={input: 2.5, output: 0}');
    expect(priced.models['gpt']!.price).toEqual({ input: 2.5, output: 0 });
    const free = stepOf(await load(good), 'description');
    expect(stepOf(priced, 'description').identity).toEqual(free.identity);
    for (const wrong of ['{}', '{input: -1}', '{inputs: 1}', '2.5'])
      await expect(load(good, `models.gpt.price=${wrong}`)).rejects.toThrow(DeclarationError);
  });

  it('says which columns a step reads and makes', async () => {
    const { reads, makes } = stepOf(await load(good), 'description');
    expect(Object.keys(reads)).toEqual(['video.video_description', 'video.hashtag_names']);
    expect(Object.keys(makes)).toEqual(['description', 'displayed_text']);
  });
});

describe('values set on the command line', () => {
  it('take the place of declared ones and are recorded', async () => {
    const declaration = await load(
      good,
      'models.gpt={model: facts-1, provider: baseline}',
      'steps.frames.with.max=2',
      'steps.audio.with.timeout_s=5',
      'steps.stance.with.labels.2=no stance',
      'title= Other title ',
      'license=null',
    );
    expect(declaration.overrides).toEqual([
      'models.gpt={"model":"facts-1","provider":"baseline"}',
      'steps.frames.with.max=2',
      'steps.audio.with.timeout_s=5',
      'steps.stance.with.labels.2=no stance',
      'title=Other title',
      'license=null',
    ]);
    expect(declaration.models['gpt']).toEqual({ name: 'gpt', provider: 'baseline', model: 'facts-1' });
    expect(declaration.license).toBeNull();
    expect(stepOf(declaration, 'audio').tuning).toEqual({ timeout_s: 5 });
    expect(stepOf(declaration, 'stance').params['labels']).toEqual(['support', 'no support', 'no stance']);
    expect(declaration.normalised).toMatchObject({ overrides: declaration.overrides, title: 'Other title' });
  });

  it('are read back from their record to the same declaration', async () => {
    const texts = ['title="2022"', 'title=a: b', "title='  two spaces'", 'models.gpt.model="0x10"', 'license="null"'];
    for (const text of texts) {
      const quoted = text.includes('a: b') ? 'title="a: b"' : text;
      const first = await load(good, quoted);
      const again = await load(good, ...first.overrides);
      expect(again.normalised).toEqual(first.normalised);
    }
  });
});

describe('in a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'declaration-'));
    await cp(good, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const messages = async () => {
    const outcome: unknown = await load(folder).catch((error: unknown) => error);
    if (outcome instanceof DeclarationError) return outcome.problems.map(({ message }) => message);
    throw new Error('it is valid', { cause: outcome });
  };

  it('without dataset.yaml, it says so', async () => {
    await rm(join(folder, 'dataset.yaml'));
    await expect(load(folder)).rejects.toThrow(DeclarationNotFoundError);
  });

  it('a dataset.yaml of more than 1 MiB is refused unread', async () => {
    await writeFile(join(folder, 'dataset.yaml'), `# ${'x'.repeat(1024 * 1024)}`);
    expect(await messages()).toEqual(['the file is too large']);
  });

  it('a dataset.yaml of brackets alone is refused at once', async () => {
    await writeFile(join(folder, 'dataset.yaml'), `a: ${'['.repeat(500_000)}`);
    expect(await messages()).toEqual(['nested more than 100 levels deep']);
  });

  it('a prompt may be a link to a file in the folder and to none outside', async () => {
    await rm(join(folder, 'prompts/stance.md'));
    await symlink('describe.md', join(folder, 'prompts/stance.md'));
    expect(await messages()).toEqual([
      "{{video.video_description}}: step stance doesn't need video",
      "{{video.hashtag_names}}: step stance doesn't need video",
    ]);
    await rm(join(folder, 'prompts/stance.md'));
    await symlink(join(good, 'prompts/stance.md'), join(folder, 'prompts/stance.md'));
    expect(await messages()).toEqual(['prompt "prompts/stance.md" is a link to a file outside the folder']);
  });

  it('a folder of prompts may not be a link out of it either', async () => {
    await rm(join(folder, 'prompts'), { recursive: true });
    await symlink(join(good, 'prompts'), join(folder, 'prompts'));
    expect(new Set(await messages()).size).toBe(2);
    await rm(join(folder, 'prompts'));
    await mkdir(join(folder, 'prompts'));
    expect(await messages()).toEqual(['no prompt file "prompts/stance.md"', 'no prompt file "prompts/describe.md"']);
  });
});
