import { expect, it } from 'vitest';
import { PartitionValueError, partitionOf } from '../../datasets/partition.ts';
import type { CellValue } from '../../datasets/column-type.ts';

const row = (create_time: CellValue, id = '7174390048999885044') => ({
  id,
  values: { create_time },
  place: 'videos.jsonl:3',
});
const byDay = { by: 'create_time', every: 'day' } as const;

it.each([
  [1670371200n, '2022-12-07'],
  [1670371199n, '2022-12-06'],
  [1670371200, '2022-12-07'],
  ['1670371200', '2022-12-07'],
  ['2022-12-06T23:30:00-05:00', '2022-12-07'],
  ['2022-12-07', '2022-12-07'],
  [0n, '1970-01-01'],
  [null, '_none'],
  ['', '_none'],
])('puts a row of %s into the UTC day %s', (time, partition) => {
  expect(partitionOf(byDay, row(time))).toBe(partition);
});

it.each([['yesterday'], [-1n], [1670371200000n], ['2022-12-07T10:00'], [true]])('refuses %s as a time', (time) => {
  expect(() => partitionOf(byDay, row(time))).toThrow(PartitionValueError);
});

it('names the row in the error', () => {
  expect(() => partitionOf(byDay, row('7 Dec'))).toThrow('videos.jsonl:3: create_time is "7 Dec", expected seconds');
});

it('spreads ids over buckets by their digest, with names that sort', () => {
  expect(partitionOf({ by: 'id', buckets: 64 }, row(null, '7174390048999885044'))).toMatchInlineSnapshot(`"b27"`);
  expect(partitionOf({ by: 'id', buckets: 1 }, row(null))).toBe('b0');
});
