import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { StarterExistsError, writeStarter } from '../../../datasets/declaration/write-starter.ts';
import { loadDeclaration } from '../../../datasets/declaration/load-declaration.ts';
import { testKinds } from './test-kinds.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'starter-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('is valid as written, and its schema is where its first line says', async () => {
  const { dataset, written, kept } = await writeStarter(folder, 'Vídeos 2024', testKinds);
  expect({ dataset, written, kept }).toEqual({
    dataset: 'videos-2024',
    written: ['dataset.yaml', 'prompts/describe.md', 'dataset.schema.json', 'data/videos.csv'],
    kept: [],
  });
  const text = await readFile(join(folder, 'dataset.yaml'), 'utf8');
  const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)![1]!;
  const validate = new Ajv({ validateFormats: false }).compile(
    JSON.parse(await readFile(join(folder, schema), 'utf8')),
  );
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  const declaration = await loadDeclaration(folder, { kinds: testKinds });
  expect(declaration.dataset).toBe('videos-2024');
  expect(declaration.steps.map(({ name }) => name)).toEqual([
    'video',
    'media',
    'audio',
    'transcript',
    'frames',
    'description',
  ]);
});

it('keeps a table that is there, and writes nothing when a declaration is', async () => {
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data/videos.csv'), 'id\n7\n');
  expect((await writeStarter(folder, 'x', testKinds)).kept).toEqual(['data/videos.csv']);
  expect(await readFile(join(folder, 'data/videos.csv'), 'utf8')).toBe('id\n7\n');

  await writeFile(join(folder, 'dataset.yaml'), 'mine');
  await rm(join(folder, 'prompts'), { recursive: true });
  await expect(writeStarter(folder, 'x', testKinds)).rejects.toThrow(StarterExistsError);
  expect(await readFile(join(folder, 'dataset.yaml'), 'utf8')).toBe('mine');
  expect(await readdir(folder)).not.toContain('prompts');
});
