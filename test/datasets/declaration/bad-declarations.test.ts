import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../../../datasets/declaration/declaration-error.ts';
import { loadDeclaration } from '../../../datasets/declaration/load-declaration.ts';
import type { Problem } from '../../../datasets/declaration/problem.ts';
import { renderProblems } from '../../../datasets/declaration/render-problems.ts';
import { testKinds } from './test-kinds.ts';

const bad = join(import.meta.dirname, 'bad');
/** After these nothing else can be said of the file. */
const ALONE = new Set(['empty-file', 'yaml-alias-bomb', 'yaml-version']);

/** A case is a folder: `dataset.yaml`, what it refers to, `set.txt` with one `--set` a line, and `expected.txt`. */
function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

async function problemsOf(folder: string): Promise<DeclarationError> {
  const set = linesOf(join(folder, 'set.txt'));
  const outcome: unknown = await loadDeclaration(folder, { kinds: testKinds, set }).catch((error: unknown) => error);
  if (outcome instanceof DeclarationError) return outcome;
  throw outcome instanceof Error ? outcome : new Error(`${folder} is valid`);
}

describe('a bad declaration is explained, every problem at once', () => {
  it.each(readdirSync(bad))('%s', async (name) => {
    const folder = join(bad, name);
    const error = await problemsOf(folder);
    const here = (text: string) => text.replaceAll(`${folder}/`, '');
    const problems: Problem[] = JSON.parse(here(JSON.stringify(error.problems)));
    const sources = new Map([...error.sources].map(([file, text]) => [here(file), text]));
    const rendered = renderProblems(problems, { colour: false, width: 120, sources });
    await expect(`${rendered}\n`).toMatchFileSnapshot(join(folder, 'expected.txt'));
    if (!ALONE.has(name)) expect(problems.length).toBeGreaterThan(1);
  });
});

describe('a problem', () => {
  it('points at the characters that are wrong', async () => {
    for (const name of readdirSync(bad)) {
      const { problems, sources } = await problemsOf(join(bad, name));
      for (const { file, line, column, length, found } of problems) {
        if (line === null || column === null) {
          expect(file).toMatch(/^--set /);
          continue;
        }
        const text = sources.get(file)!.split('\n')[line - 1]!;
        expect(column + length - 1, `${name}:${line}`).toBeLessThanOrEqual(text.length);
        const marked = text.slice(column - 1, column - 1 + length).replace(/^(['"])(.*)\1$/, '$2');
        const [, scalar] = /^the (?:text "|number )(.*?)"?$/.exec(found ?? '') ?? [];
        if (scalar !== undefined && name !== 'unkeepable-values') expect(marked, `${name}:${line}`).toBe(scalar);
      }
    }
  });

  it('never shows a credential, wherever it was pasted', async () => {
    for (const name of ['credentials', 'headers', 'overrides']) {
      const error = await problemsOf(join(bad, name));
      expect(JSON.stringify([error.message, error.problems, [...error.sources]])).not.toContain('hunter2');
    }
  });
});
