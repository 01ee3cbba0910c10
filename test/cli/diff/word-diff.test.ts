import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aroundChanges, type WordChange, wordDiff } from '../../../cli/diff/word-diff.ts';

const marked = (changes: readonly WordChange[] | null) =>
  changes
    ?.map(({ kind, text }) => (kind === 'same' ? text : kind === 'removed' ? `[-${text}-]` : `{+${text}+}`))
    .join('');

describe('a word diff', () => {
  it.each([
    ['en la plaza San Martín hoy', 'en la plaza Dos de Mayo hoy', 'en la plaza [-San Martín-]{+Dos de Mayo+} hoy'],
    ['uno dos', 'uno dos tres', 'uno dos{+ tres+}'],
    ['no  podemos', 'no podemos', 'no[- -] podemos'],
    ['今日は雨です', '今日は晴れです', '今日は[-雨-]{+晴れ+}です'],
    ['Привет, мир', 'Привет, дом', 'Привет, [-мир-]{+дом+}'],
    ['a, b', 'a; b', 'a[-,-]{+;+} b'],
  ])('of %j and %j', (old, now, expected) => {
    expect(marked(wordDiff(old, now))).toBe(expected);
  });

  it('of texts without a word in common is none', () => {
    expect(wordDiff('uno dos, tres', 'four five, six')).toBeNull();
    const long = (word: string) => Array.from({ length: 3000 }, (_, n) => `${word}${n}`).join(' ');
    expect(wordDiff(long('a'), long('b'))).toBeNull();
  });

  it('loses nothing of either text', () => {
    const word = fc.constantFrom('uno', 'dos', 'tres', ' ', '  ', '\n', '😀', ',');
    const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(''));
    fc.assert(
      fc.property(text, text, (old, now) => {
        const changes = wordDiff(old, now) ?? [
          { kind: 'removed' as const, text: old },
          { kind: 'added' as const, text: now },
        ];
        const side = (kind: WordChange['kind']) =>
          changes.flatMap((change) => (change.kind === 'same' || change.kind === kind ? [change.text] : [])).join('');
        expect([side('removed'), side('added')]).toEqual([old, now]);
      }),
    );
  });

  it('is shortened to what stands beside the changes', () => {
    const changes = wordDiff('uno dos tres cuatro cinco seis', 'uno dos tres 4 cinco seis')!;
    expect(marked(aroundChanges(changes, 5))).toBe('…tres [-cuatro-]{+4+} cinc…');
  });
});
