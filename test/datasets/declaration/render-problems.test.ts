import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../datasets/declaration/display-width.ts';
import type { Problem } from '../../../datasets/declaration/problem.ts';
import { renderProblems } from '../../../datasets/declaration/render-problems.ts';

const problem = (changed: Partial<Problem>): Problem => ({
  file: 'dataset.yaml',
  line: 1,
  column: 8,
  length: 3,
  message: 'unknown model "gtp"',
  found: 'gtp',
  expected: 'a declared model: gpt, whisper',
  suggestion: 'Did you mean gpt?',
  ...changed,
});
const render = (problems: readonly Problem[], text: string, width = 100, colour = false) =>
  renderProblems(problems, { colour, width, sources: new Map([['dataset.yaml', text]]) });

describe('rendered problems', () => {
  it('show the line, mark what is wrong, and say what was expected', () => {
    expect(render([problem({})], 'model: gtp')).toBe(
      [
        'dataset.yaml:1:8  unknown model "gtp"',
        '   1 │ model: gtp',
        '     │        ^^^ expected a declared model: gpt, whisper. Did you mean gpt?',
        '1 problem; nothing was run.',
      ].join('\n'),
    );
  });

  it('fit the terminal, with what is wrong in sight', () => {
    const text = `${'word '.repeat(60)}gtp ${'word '.repeat(60)}`;
    for (const width of [30, 60, 80, 200]) {
      const lines = render([problem({ column: 301 })], text, width).split('\n');
      expect(lines[1]).toContain('gtp');
      expect(lines[2]!.indexOf('^^^')).toBe(lines[1]!.indexOf('gtp'));
      for (const line of lines.slice(1, -1)) expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(width, 28));
    }
  });

  it('mark the right place after wide characters and tabs', () => {
    const lines = render([problem({ column: 7 })], '\t視🎉👩‍👩‍👧 gtp'.replace('👩‍👩‍👧', 'é'), 100).split('\n');
    expect(displayWidth(lines[2]!.split('^')[0]!)).toBe(displayWidth(lines[1]!.split('gtp')[0]!));
  });

  it('are coloured where asked for, and never by what a file contains', () => {
    expect(render([problem({})], 'model: gtp', 100, true)).toContain('\u001b[31m');
    const rendered = render([problem({ message: 'a\u001b[2Jb' })], 'model: gtp \u001b[31m\u202e');
    expect(['\u001b', '\u202e'].filter((character) => rendered.includes(character))).toEqual([]);
  });

  it('stand in the order of a reader: the command line, then each file from its top', () => {
    const shuffled = [
      problem({ line: 3, column: 1 }),
      problem({ line: 1, column: 9 }),
      problem({ file: '--set title', line: null, column: null }),
      problem({ line: 1, column: 2 }),
    ];
    const places = render(shuffled, 'one line\n\nthree').match(/^\S+(?: title)?(?= {2})/gm);
    expect(places).toEqual(['--set title', 'dataset.yaml:1:2', 'dataset.yaml:1:9', 'dataset.yaml:3:1']);
  });
});
