import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../cli/main.ts';
import { SETTINGS } from '../cli/settings.ts';
import { helpOf } from '../scripts/references/command-line-help.ts';

const page = await readFile(fileURLToPath(new URL('../docs/command-line.md', import.meta.url)), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);
const { commands } = createProgram();

describe('docs/command-line.md', () => {
  it('has a section for each command, in their order, and for no other', () => {
    const headings = [...sections.keys()].filter((heading) => heading.startsWith('gettok '));
    expect(headings).toEqual(commands.map((command) => `gettok ${command.name()}`));
  });

  for (const command of commands) {
    const section = sections.get(`gettok ${command.name()}`) ?? '';
    it(`names every option and argument of gettok ${command.name()}, and has its help as it is printed`, () => {
      const names = [
        ...command.options.map(({ long, flags }) => long ?? flags),
        ...command.registeredArguments.map((argument) => argument.name()),
      ];
      expect(names.filter((name) => !section.includes(name))).toEqual([]);
      expect(section, 'write it with  npm run docs').toContain(helpOf(command));
    });
    if (command.options.some(({ long }) => long === '--json'))
      it(`says what gettok ${command.name()} --json prints`, () => expect(section).toMatch(/^`--json`: /m));
  }

  it('names every setting by its variable and its place in the file', () => {
    const names = Object.entries(SETTINGS).flatMap(([name, { variable }]) => [name, variable]);
    const table = sections.get('Settings') ?? '';
    expect(names.filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
  });
});
