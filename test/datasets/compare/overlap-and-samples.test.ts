import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateSample } from '../../../datasets/compare/allocate-sample.ts';
import { distributionOf } from '../../../datasets/compare/distribution.ts';
import { textOverlap, wordsOf } from '../../../datasets/compare/text-overlap.ts';

describe('the overlap of two texts', () => {
  it('counts words whatever their case, form or the marks between them, and each Chinese character', () => {
    expect(wordsOf('¡Cierre del CONGRESO! — año\u00a02022, 10%')).toEqual([
      'cierre',
      'del',
      'congreso',
      'año',
      '2022',
      '10',
    ]);
    expect(wordsOf('an\u0303o ﬁn')).toEqual(['año', 'fin']);
    expect(wordsOf('日本語 ok')).toEqual(['日', '本', '語', 'ok']);
    expect(wordsOf(' …! ')).toEqual([]);
  });

  it('is the Jaccard index of the sets and the F1 of the counts', () => {
    // Sets {no, al, golpe} and {no, golpe, de, estado}; counts 4 and 5 with no, no and golpe matched.
    expect(textOverlap('no no al golpe', 'No, no: golpe de estado')).toEqual({ jaccard: 2 / 5, rouge1: 6 / 9 });
    expect(textOverlap('uno', 'dos')).toEqual({ jaccard: 0, rouge1: 0 });
    expect(textOverlap('uno', '')).toEqual({ jaccard: 0, rouge1: 0 });
  });

  it('is undefined where neither text has a word', () => {
    expect(textOverlap('…', '!')).toEqual({ jaccard: null, rouge1: null });
  });

  it('is the same both ways, between 0 and 1, and 1 of a text with itself', () => {
    const text = fc.array(fc.constantFrom('no', 'Sí', 'golpe', 'país', '日', '…')).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, text, (a, b) => {
        const one = textOverlap(a, b);
        expect(textOverlap(b, a)).toEqual(one);
        for (const value of [one.jaccard, one.rouge1]) expect(value === null || (value >= 0 && value <= 1)).toBe(true);
        if (wordsOf(a).length > 0) expect(textOverlap(a, a)).toEqual({ jaccard: 1, rouge1: 1 });
      }),
    );
  });
});

describe('a distribution', () => {
  it('has the quartiles of numpy and every value in a bin, the largest too', () => {
    expect(distributionOf([4, 1, 2, 10], { bins: 3 })).toEqual({
      n: 4,
      mean: 4.25,
      quartiles: [1.75, 3, 5.5],
      min: 1,
      max: 10,
      bins: [
        { from: 1, to: 4, rows: 2 },
        { from: 4, to: 7, rows: 1 },
        { from: 7, to: 10, rows: 1 },
      ],
    });
  });

  it('of one value has one bin, of none is null', () => {
    expect(distributionOf([5, 5])?.bins).toEqual([{ from: 5, to: 5, rows: 2 }]);
    expect(distributionOf([])).toBeNull();
  });
});

describe('rows drawn from strata', () => {
  it('are in proportion to them, with one of each at least', () => {
    expect(allocateSample([900, 90, 9, 1, 0], 100, 'proportional')).toEqual([89, 9, 1, 1, 0]);
    expect(allocateSample([5, 5, 5], 2, 'proportional')).toEqual([1, 1, 0]);
  });

  it('are as many of each when that is asked for, the rest from the larger ones', () => {
    expect(allocateSample([900, 90, 9, 1], 100, 'equal')).toEqual([45, 45, 9, 1]);
    expect(allocateSample([5, 7, 6], 2, 'equal')).toEqual([0, 1, 1]);
  });

  it('are as many as asked for, or all there are, and never more of a stratum than it has', () => {
    const sizes = fc.array(fc.nat({ max: 500 }), { maxLength: 12 });
    const how = fc.constantFrom('proportional' as const, 'equal' as const);
    fc.assert(
      fc.property(sizes, fc.nat({ max: 3000 }), how, (of, total, allocation) => {
        const drawn = allocateSample(of, total, allocation);
        const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);
        expect(sum(drawn)).toBe(Math.min(total, sum(of)));
        expect(drawn.every((count, index) => count >= 0 && count <= of[index]!)).toBe(true);
        const filled = of.filter((size) => size > 0).length;
        if (Math.min(total, sum(of)) >= filled)
          expect(drawn.every((count, index) => of[index] === 0 || count > 0)).toBe(true);
      }),
    );
  });
});
