import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Document, isMap, isScalar, parse, visit } from 'yaml';
import { loadDeclaration } from '../../../datasets/declaration/load-declaration.ts';
import { canonicalJson } from '../../../manifests/canonical-json.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { testKinds } from './test-kinds.ts';

const good = join(import.meta.dirname, 'good');
let folder: string;
let declared: string;
let prompts: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layout-'));
  declared = await readFile(join(good, 'dataset.yaml'), 'utf8');
  prompts = await Promise.all(['stance', 'describe'].map((name) => readFile(join(good, `prompts/${name}.md`), 'utf8')));
});
afterAll(() => rm(folder, { recursive: true }));

/** Of all that may not depend on how it is typed: what manifests keep, and what cells and files are made from. */
async function digestIn(place: string) {
  const { normalised, steps } = await loadDeclaration(place, { kinds: testKinds });
  const made = steps.map(({ name, identity, makes }) => [name, { identity, columns: Object.keys(makes) }] as const);
  return sha256(canonicalJson([normalised, Object.fromEntries(made)]));
}

/** How a person might have typed the same declaration. */
interface Layout {
  readonly order: readonly number[];
  readonly style: readonly number[];
  readonly indent: number;
  readonly comment: string;
  readonly lineEnd: string;
  readonly names: readonly string[];
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  order: fc.array(fc.nat(), { minLength: 7, maxLength: 7 }),
  style: fc.array(fc.nat({ max: 5 }), { minLength: 11, maxLength: 11 }),
  indent: fc.integer({ min: 1, max: 6 }),
  comment: fc.string().map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  names: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 2, maxLength: 2 }),
});

function typedAs({ order, style, indent, comment, lineEnd, names }: Layout): string {
  const document = new Document(parse(declared));
  document.commentBefore = comment;
  let seen = 0;
  visit(document, {
    Collection(_key, node) {
      const turn = order[seen % order.length]!;
      node.flow = style[seen++ % style.length]! > 2;
      if (!isMap(node)) return;
      const place = new Map(node.items.map((pair, index) => [pair, ((index + 1) * (turn % 997)) % 13]));
      node.items = node.items.toSorted((a, b) => place.get(a)! - place.get(b)!);
    },
    Scalar(key, node) {
      if (typeof node.value !== 'string' || !isScalar(node)) return;
      if (node.value.startsWith('prompts/')) node.value = `${names[node.value.includes('stance') ? 0 : 1]}.md`;
      if (key !== 'key')
        node.type = (['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'] as const)[style[seen++ % style.length]! % 3]!;
      if (key === 'value' && style[seen % style.length] === 1) node.comment = ' a remark';
    },
  });
  return document.toString({ indent, lineWidth: 0 }).replaceAll('\n', lineEnd);
}

it('is the same declaration, however it is typed', async () => {
  const expected = await digestIn(good);
  await fc.assert(
    fc.asyncProperty(layouts, async (layout) => {
      await writeFile(join(folder, 'dataset.yaml'), typedAs(layout));
      for (const [index, text] of prompts.entries())
        await writeFile(join(folder, `${layout.names[index]}.md`), text.replaceAll('\n', layout.lineEnd));
      expect(await digestIn(folder)).toBe(expected);
    }),
    { numRuns: 60 },
  );
});

it.each([
  ['a parameter', 'max: 4', 'max: 5'],
  ['tuning', 'timeout_s: 60', 'timeout_s: 61'],
  ['the order of labels', '[support, no support, neutral]', '[no support, support, neutral]'],
  ['the order of needs', '[frames, video]', '[video, frames]'],
  ['a model', 'gpt-4o-2024-11-20', 'gpt-4o-2024-08-06'],
  ['the name of a model entry', 'floor:', 'ground:'],
  ['a licence', 'CC-BY-4.0', 'CC0-1.0'],
])('is another declaration with %s changed', async (_what, from, to) => {
  for (const [index, name] of ['prompts-stance', 'prompts-describe'].entries())
    await writeFile(join(folder, `${name}.md`), prompts[index]!);
  const text = declared
    .replaceAll('prompts/stance', 'prompts-stance')
    .replaceAll('prompts/describe', 'prompts-describe');
  await writeFile(join(folder, 'dataset.yaml'), text);
  expect(await digestIn(folder)).toBe(await digestIn(good));
  expect(text).toContain(from);
  await writeFile(join(folder, 'dataset.yaml'), text.replace(from, to));
  expect(await digestIn(folder)).not.toBe(await digestIn(good));
});
