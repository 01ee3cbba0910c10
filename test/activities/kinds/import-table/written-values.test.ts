import { expect, it } from 'vitest';
import { valueAt } from '../../../../activities/kinds/import-table/value-at.ts';
import { epochSeconds, jsonText, listText } from '../../../../activities/kinds/import-table/written-values.ts';

it.each([
  [1673273031n, 1673273031n],
  ['1673273031', 1673273031n],
  ['1673273031.0', 1673273031n],
  [1673273031, 1673273031n],
  ['2023-01-09 14:03:51', 1673273031n],
  ['2023-01-09T14:03:51Z', 1673273031n],
  ['2023-01-09 14:03:51+00:00', 1673273031n],
  ['2023-01-09T14:03:51.75', 1673273031n],
  ['2023-01-09 14:03:51+01:00', undefined],
  ['2023-02-31 14:03:51', undefined],
  ['2023-01-09 25:03:51', undefined],
  ['2023-01-09', undefined],
  ['', undefined],
])('reads the time %s as %s', (text, seconds) => expect(epochSeconds(text)).toBe(seconds));

it.each<[string, unknown]>([
  [
    `['peru', "it's", 'a\\'b', 'a\\\\b', '\\xf1\\u00f1\\U0001f600\\n', 7]`,
    ['peru', "it's", "a'b", 'a\\b', 'ññ😀\n', '7'],
  ],
  ['[]', []],
  ['["a", 7200000000000000001]', ['a', 7200000000000000001n]],
  ["['a', 'b'", undefined],
  ["['a' 'b']", undefined],
  ["['a',]", ['a']],
  ['peru, lima', undefined],
  ['{"a": 1}', undefined],
])('reads the list %s', (text, list) => expect(listText(text)).toEqual(list));

it('reads JSON in text, and leaves other text', () => {
  expect(['{"a": 1}', '[1]', '{', 'x', '1'].map(jsonText)).toEqual([{ a: 1n }, [1n], '{', 'x', '1']);
});

it.each<[string, unknown]>([
  ['a.b', 1n],
  ['a.c', null],
  ['a.b.c', null],
  ['list[].x', ['p', 'q', 'r']],
  ['list[]', [{ x: 'p' }, { x: ['q', 'r'] }, { y: 1n }, 7n]],
  ['a[].x', null],
  ['constructor.name', null],
])('finds at %s', (path, value) =>
  expect(valueAt({ a: { b: 1n }, list: [{ x: 'p' }, { x: ['q', 'r'] }, { y: 1n }, 7n] }, path)).toEqual(value),
);
