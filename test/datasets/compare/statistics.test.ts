import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { classScores } from '../../../datasets/compare/class-scores.ts';
import { cohenKappa } from '../../../datasets/compare/cohen-kappa.ts';
import { confusionMatrix } from '../../../datasets/compare/confusion-matrix.ts';
import { intervalAlpha, nominalAlpha } from '../../../datasets/compare/krippendorff-alpha.ts';
import type { LabelPattern } from '../../../datasets/compare/label-pattern.ts';
import { labelOrder } from '../../../datasets/compare/label-order.ts';
import { numericAgreement } from '../../../datasets/compare/numeric-agreement.ts';
import { type ReferenceAnswer, type ReferenceCase, referenceStatistics } from './reference-statistics.ts';

const LABELS = ['support', 'no support', 'neutral', 'unclear', 'ñandú 😀'];

/** Tables of two to four sides, some values missing, sides that nearly agree and sides that don't, few labels and many. */
const anyCase: fc.Arbitrary<ReferenceCase> = fc
  .record({
    sides: fc.integer({ min: 2, max: 4 }),
    labels: fc.subarray(LABELS, { minLength: 1 }),
    agreeing: fc.integer({ min: 0, max: 10 }),
    size: fc.constantFrom(1, 2, 3, 10, 60),
  })
  .chain(({ sides, labels, agreeing, size }) => {
    const label = fc.option(fc.constantFrom(...labels), { freq: 8 });
    const number = fc.option(
      fc.oneof(
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 1000),
      ),
      {
        freq: 8,
      },
    );
    const row = <T>(value: fc.Arbitrary<T>) =>
      fc
        .tuple(value, fc.integer({ min: 0, max: 10 }), fc.array(value, { minLength: sides, maxLength: sides }))
        .map(([first, dice, others]) => (dice < agreeing ? others.map(() => first) : others));
    const rows = <T>(value: fc.Arbitrary<T>) => fc.array(row(value), { minLength: size, maxLength: size });
    return fc.record({ labels: fc.constant(labels), rows: rows(label), numbers: rows(number) });
  });

/** Cases that random tables rarely are. */
const EDGES: ReferenceCase[] = [
  { labels: ['a'], rows: [['a', 'a']], numbers: [[1, 1]] },
  { labels: ['a', 'b'], rows: [['a', 'b']], numbers: [[1, 2]] },
  {
    labels: ['a', 'b'],
    rows: [
      [null, 'b'],
      ['a', null],
    ],
    numbers: [
      [null, 2],
      [1, null],
    ],
  },
  {
    labels: ['a', 'b', 'c'],
    rows: [
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'c'],
    ],
    numbers: [
      [1, 1],
      [1, 2],
      [1, 3],
    ],
  },
  // Large numbers close together.
  {
    labels: ['a', 'b'],
    rows: [
      ['a', 'a'],
      ['b', 'b'],
    ],
    numbers: [
      [1e9, 1e9 + 1],
      [1e9 + 2, 1e9 + 2],
      [1e9 + 5, 1e9 + 4],
    ],
  },
];

const cases = [...EDGES, ...fc.sample(anyCase, { numRuns: 500, seed: 20_221_207 })];
let answers: readonly ReferenceAnswer[];

beforeAll(() => {
  answers = referenceStatistics(cases);
});

const patternsOf = (rows: ReferenceCase['rows']): LabelPattern[] => rows.map((labels) => ({ labels, rows: 1 }));

function forEachCase(check: (one: ReferenceCase, answer: ReferenceAnswer) => void): void {
  for (const [index, one] of cases.entries())
    try {
      check(one, answers[index]!);
    } catch (error) {
      throw new Error(`case ${JSON.stringify(one)}`, { cause: error });
    }
}

function expectSame(actual: number | null, expected: number | null, digits = 9): void {
  if (expected === null || actual === null) expect(actual).toBe(expected);
  else expect(actual).toBeCloseTo(expected, digits);
}

const matrixOf = ({ rows, labels }: ReferenceCase) =>
  confusionMatrix(patternsOf(rows), [0, 1], labelOrder(labels, patternsOf(rows)));

describe('the statistics of compare', () => {
  it("have statsmodels' kappa and standard error, and scikit-learn's kappa", () => {
    let defined = 0;
    forEachCase((one, { kappa, kappaSd, kappaAgain }) => {
      const found = cohenKappa(matrixOf(one));
      expectSame(found.kappa, kappa);
      expectSame(found.kappa, kappaAgain);
      if (found.kappa === null) return;
      defined += 1;
      // Where both agree everywhere the reference takes the root of a rounding error.
      expectSame(found.standardError, kappaSd ?? 0, 6);
      expect(found.low).toBeCloseTo(Math.max(-1, kappa! - 1.959963984540054 * (kappaSd ?? 0)), 6);
      expect(found.high).toBeCloseTo(Math.min(1, kappa! + 1.959963984540054 * (kappaSd ?? 0)), 6);
    });
    expect(defined).toBeGreaterThan(250);
  });

  it("have the package krippendorff's alpha, nominal and interval, with missing values", () => {
    let defined = 0;
    forEachCase(({ rows, numbers }, answer) => {
      const nominal = nominalAlpha(patternsOf(rows));
      expectSame(nominal.alpha, answer.nominalAlpha);
      if (nominal.alpha !== null) defined += 1;
      expectSame(intervalAlpha(numbers).alpha, answer.intervalAlpha, 7);
    });
    expect(defined).toBeGreaterThan(250);
  });

  it("have scikit-learn's precision, recall and F1, by class and averaged", () => {
    forEachCase((one, { scores, averages }) => {
      const found = classScores(matrixOf(one));
      if (scores === null) {
        expect(found.micro).toEqual({ precision: null, recall: null, f1: null });
        return;
      }
      expect(
        found.classes.map(({ precision, recall, f1, support }) => [precision ?? 0, recall ?? 0, f1 ?? 0, support]),
      ).toEqual(scores.map((row) => row.map((value) => expect.closeTo(value, 12) as number)));
      for (const how of ['micro', 'macro', 'weighted'] as const) {
        const { precision, recall, f1 } = found[how];
        expect([precision, recall, f1]).toEqual(averages![how].map((value) => expect.closeTo(value, 12) as number));
      }
    });
  });

  it("have scipy's correlations", () => {
    let defined = 0;
    forEachCase(({ numbers }, { pearson, spearman }) => {
      const pairs = numbers.flatMap(([a, b]): [number, number][] => (a == null || b == null ? [] : [[a, b]]));
      const found = numericAgreement(pairs);
      expectSame(found.pearson.value, pearson, 7);
      expectSame(found.spearman.value, spearman, 7);
      if (pearson !== null) defined += 1;
    });
    expect(defined).toBeGreaterThan(250);
  });
});

it('counts rows of equal patterns as single rows', () => {
  const one = [
    { labels: ['a', 'a', null], rows: 40 },
    { labels: ['a', 'b', 'b'], rows: 7 },
    { labels: ['b', 'b', 'a'], rows: 30 },
  ];
  const each = one.flatMap(({ labels, rows }) => Array.from({ length: rows }, () => ({ labels, rows: 1 })));
  expect(nominalAlpha(one)).toEqual(nominalAlpha(each));
  expect(confusionMatrix(one, [0, 1], ['a', 'b'])).toEqual({
    labels: ['a', 'b'],
    counts: [
      [40, 7],
      [0, 30],
    ],
    n: 77,
  });
});

it('says why a statistic has no value, in place of a number that is none', () => {
  const one = confusionMatrix([{ labels: ['a', 'a'], rows: 5 }], [0, 1], ['a', 'b']);
  expect(cohenKappa(one)).toEqual({ kappa: null, why: 'one_value' });
  expect(cohenKappa(confusionMatrix([], [0, 1], ['a']))).toEqual({ kappa: null, why: 'no_rows' });
  expect(nominalAlpha([{ labels: ['a', 'a', null], rows: 5 }])).toEqual({ alpha: null, why: 'one_value' });
  expect(nominalAlpha([{ labels: ['a', null], rows: 5 }])).toEqual({ alpha: null, why: 'no_rows' });
  expect(intervalAlpha([[2, 2]])).toEqual({ alpha: null, why: 'one_value' });
  expect(numericAgreement([[1, 2]]).pearson).toEqual({ value: null, why: 'too_few_rows' });
  expect(
    numericAgreement([
      [1, 2],
      [1, 3],
    ]).pearson,
  ).toEqual({ value: null, why: 'constant' });
  expect(numericAgreement([])).toMatchObject({ n: 0, meanDifference: null, spearman: { value: null, why: 'no_rows' } });
});

it('orders labels as they are declared, those that nobody gave too, then others', () => {
  expect(
    labelOrder(
      ['yes', 'no', 'never'],
      [
        { labels: ['no', 'zebra', null], rows: 1 },
        { labels: ['apple', 'yes', null], rows: 1 },
      ],
    ),
  ).toEqual(['yes', 'no', 'never', 'apple', 'zebra']);
});
