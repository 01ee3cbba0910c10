import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stepKinds as kinds } from '../../activities/kinds/index.ts';
import { checkUnsaved } from '../../cli/check-unsaved.ts';
import { loadVersionDeclaration, OtherDeclarationError } from '../../cli/load-version-declaration.ts';
import { folderDiffers, writeDeclaration } from '../../cli/write-declaration.ts';
import { loadDeclaration } from '../../datasets/declaration/load-declaration.ts';
import type { JsonObject } from '../../datasets/declaration/json-object.ts';
import { type Digest, sha256 } from '../../manifests/digest.ts';

const example = fileURLToPath(new URL('../../examples/peru-2022', import.meta.url));
let folder: string;
const texts = new Map<Digest, string>();
const blobs = { get: async (digest: Digest) => Buffer.from(texts.get(digest) ?? '') };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gettok-declaration-'));
  await cp(example, folder, { recursive: true, filter: (path) => !path.endsWith('.mp4') });
  for (const name of ['describe', 'stance']) {
    const text = await readFile(join(folder, `prompts/${name}.md`), 'utf8');
    texts.set(sha256(text), text);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const normalised = async (set: string[] = []) =>
  (await loadDeclaration(folder, { kinds, set })).normalised as JsonObject;
const yaml = () => readFile(join(folder, 'dataset.yaml'), 'utf8');

it('gives a declaration back from what a version keeps of it', async () => {
  const declared = await normalised(['steps.stance.with.labels.0=otro']);
  await writeFile(join(folder, 'dataset.yaml'), 'dataset: other\n');
  const { declaration } = await loadVersionDeclaration({ folder, kinds, blobs, name: 'pilot' }, declared);
  expect(declaration.normalised).toEqual({ ...declared, overrides: [] });
  expect(declaration.steps.find(({ name }) => name === 'stance')!.params['labels']).toContain('otro');

  const [stance, ...others] = Object.entries(declared['steps'] as JsonObject).toReversed();
  const changed = { ...(stance![1] as JsonObject), tuning: {} };
  const unlike = { ...declared, steps: Object.fromEntries([[stance![0], changed], ...others]) };
  await expect(loadVersionDeclaration({ folder, kinds, blobs, name: 'pilot' }, unlike)).rejects.toThrow(
    OtherDeclarationError,
  );
});

it('writes what differs into dataset.yaml and leaves its comments and order', async () => {
  const before = await yaml();
  const labels = ['support', 'against'];
  texts.set(sha256('Another question about {{transcript.text}}\n'), 'Another question about {{transcript.text}}\n');
  const declared = await normalised();
  const steps = declared['steps'] as { readonly [name: string]: JsonObject };
  const given = { ...(steps['stance']!['with'] as JsonObject), labels };
  const stance = {
    ...steps['stance'],
    with: { ...given, prompt: { prompt: sha256('Another question about {{transcript.text}}\n') } },
  };
  const wanted = { ...declared, title: 'Another title', steps: { ...steps, stance } };
  expect((await folderDiffers({ folder, kinds }, wanted)).toSorted()).toEqual([
    'steps.stance.with.labels ["support","no support","neutral"] → ["support","against"]',
    'steps.stance.with.prompt (another text)',
    expect.stringMatching(/^title .* → Another title$/),
  ]);
  const [file, prompt] = await writeDeclaration({ folder, kinds, blobs }, wanted);
  expect([file, prompt]).toEqual(['dataset.yaml', expect.stringMatching(/^prompts\/stance-[0-9a-f]{8}\.md$/)]);
  expect(await normalised()).toEqual({ ...wanted, overrides: [] });
  const comments = (text: string) => text.split('\n').flatMap((line) => /#.*/.exec(line) ?? []);
  expect(comments(await yaml())).toEqual(comments(before));
  expect(await writeDeclaration({ folder, kinds, blobs }, wanted)).toEqual([]);
  expect(await readFile(join(folder, prompt!), 'utf8')).toBe('Another question about {{transcript.text}}\n');
});

it('changes nothing but the values where each is in its place already', async () => {
  const before = await yaml();
  const declared = await normalised(['steps.frames.with.every_nth=200', 'steps.stance.with.labels=[si, "no, no"]']);
  expect(await writeDeclaration({ folder, kinds, blobs }, declared)).toEqual(['dataset.yaml']);
  expect(await yaml()).toBe(
    before.replace('every_nth: 300', 'every_nth: 200').replace('[support, no support, neutral]', '[si, "no, no"]'),
  );
});

it('loses no edit that neither branch has run, and no word about it', async () => {
  const side = (declaration: JsonObject) => ({ manifest: { state: { declaration } } });
  const main = await normalised();
  const pilot = await normalised(['title=Of the pilot']);
  const planned = { target: side(main), branch: side(pilot), declaration: pilot };
  await checkUnsaved({ folder, kinds }, planned, false);
  await expect(checkUnsaved({ folder, kinds }, planned, true)).rejects.toThrow(/--write waits for the run/);
  await writeFile(join(folder, 'dataset.yaml'), (await yaml()).replace(/^title: .*$/m, 'title: A draft'));
  await expect(checkUnsaved({ folder, kinds }, planned, false)).rejects.toThrow(
    /^dataset\.yaml has changes that neither branch has run: title A draft → /,
  );
});

it('overwrites no prompt that was edited meanwhile', async () => {
  const text = 'Another question about {{transcript.text}}\n';
  texts.set(sha256(text), text);
  const declared = await normalised();
  const steps = declared['steps'] as { readonly [name: string]: JsonObject };
  const given = { ...(steps['stance']!['with'] as JsonObject), prompt: { prompt: sha256(text) } };
  const wanted = { ...declared, steps: { ...steps, stance: { ...steps['stance'], with: given } } };
  const edited = join(folder, `prompts/stance-${sha256(text).slice(7, 15)}.md`);
  await writeFile(edited, 'Mine.\n');
  await expect(writeDeclaration({ folder, kinds, blobs }, wanted)).rejects.toThrow(/is not overwritten/);
  expect(await readFile(edited, 'utf8')).toBe('Mine.\n');
});
