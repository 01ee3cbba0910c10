import { describe, expect, it } from 'vitest';
import { nearest } from '../../../datasets/declaration/did-you-mean.ts';
import { isOrcid, orcidCheckDigit } from '../../../datasets/declaration/orcid.ts';
import { cyclesOf, inDependencyOrder } from '../../../datasets/declaration/step-order.ts';
import { asDatasetName } from '../../../datasets/declaration/write-starter.ts';

describe('a suggestion', () => {
  it.each([
    ['gtp', ['gpt', 'whisper'], 'gpt'],
    ['txt', ['text', 'language'], 'text'],
    ['licence', ['license', 'title'], 'license'],
    ['Stance', ['stance'], 'stance'],
    ['desc', ['description'], 'description'],
    ['media/file', ['media/audio', 'media/files'], 'media/files'],
    ['claude', ['gpt', 'whisper'], null],
    ['x', ['y', 'id'], 'y'],
    ['', [], null],
  ])('for %s among %j is %s', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});

describe('an ORCID iD', () => {
  it('is right when its check digit is', () => {
    expect(['0000-0002-1825-0097', '0000-0002-1694-233X', '0000-0001-5109-3700'].every(isOrcid)).toBe(true);
    expect(['0000-0002-1825-0079', '0000-0002-1694-233x', '0000000218250097', ''].some(isOrcid)).toBe(false);
    expect(orcidCheckDigit('0000-0002-1694-233')).toBe('X');
  });
});

describe('the order of steps', () => {
  it('follows the needs and else the declaration', () => {
    const steps = [
      { name: 'd', needs: ['b', 'c'] },
      { name: 'c', needs: ['a'] },
      { name: 'b', needs: ['a'] },
      { name: 'a', needs: [] },
    ];
    expect(inDependencyOrder(steps).map(({ name }) => name)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('names each cycle once, the shortest way round', () => {
    const steps = [
      { name: 'a', needs: ['b'] },
      { name: 'b', needs: ['c', 'a'] },
      { name: 'c', needs: ['a'] },
      { name: 'd', needs: ['d'] },
      { name: 'e', needs: ['a'] },
    ];
    expect(cyclesOf(steps)).toEqual([
      ['a', 'b', 'a'],
      ['d', 'd'],
    ]);
  });

  it('is found for thousands of steps', () => {
    const steps = Array.from({ length: 2000 }, (_, n) => ({ name: `s${n}`, needs: n === 0 ? [] : [`s${n - 1}`] }));
    expect(inDependencyOrder(steps.toReversed())).toHaveLength(2000);
    expect(cyclesOf(steps)).toEqual([]);
  });
});

it('makes a dataset name of a folder name', () => {
  expect(['Perú 2022', 'my_videos', '---', 'x'.repeat(99)].map(asDatasetName)).toEqual([
    'peru-2022',
    'my-videos',
    'my-videos',
    'x'.repeat(63),
  ]);
});
