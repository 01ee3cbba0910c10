import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeclarationError } from '../../../datasets/declaration/declaration-error.ts';
import { loadDeclaration } from '../../../datasets/declaration/load-declaration.ts';
import { testKinds } from './test-kinds.ts';

const good = join(import.meta.dirname, 'good');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'damaged-'));
  await cp(good, folder, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

/** A slip of the keyboard: some characters gone, and others in their place. */
const slip = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.integer({ min: 0, max: 60 }),
  inserted: fc.oneof(
    fc.constantFrom(
      '',
      '\n',
      '  ',
      '- ',
      ': ',
      '[',
      '}',
      '"',
      '&a ',
      '*a',
      '!!x ',
      '{{',
      '~',
      '0x1F',
      '.inf',
      '#',
      'null',
      '\0',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  ),
});
const damaged = (text: string, slips: readonly { at: number; removed: number; inserted: string }[]) =>
  slips.reduce((before, { at, removed, inserted }) => {
    const start = Math.floor(at * before.length);
    return before.slice(0, start) + inserted + before.slice(start + removed);
  }, text);

it.each(['dataset.yaml', 'prompts/describe.md'])(
  '%s can be damaged in any way: it is valid or its problems are told',
  async (file) => {
    const text = await readFile(join(good, file), 'utf8');
    await fc.assert(
      fc.asyncProperty(fc.array(slip, { minLength: 1, maxLength: 3 }), async (slips) => {
        await writeFile(join(folder, file), damaged(text, slips));
        const outcome: unknown = await loadDeclaration(folder, { kinds: testKinds }).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) return;
        expect(outcome).toBeInstanceOf(DeclarationError);
        expect(outcome.message).toMatch(/problems?; nothing was run\.$/);
      }),
      { numRuns: 300 },
    );
    await writeFile(join(folder, file), text);
  },
);
