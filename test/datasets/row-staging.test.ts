import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DuplicateIdError, stageRows, type StagedRow } from '../../datasets/row-staging.ts';
import { SpillFile } from '../../datasets/spill-file.ts';
import { temporaryFolder } from './parquet/temporary-folder.ts';

const row = (id: string, day: string, line: number): StagedRow => ({
  id,
  values: { day, likes: 2n ** 60n, tags: ['😀', null], nothing: null },
  place: `videos.jsonl:${line}`,
});

async function* each<T>(items: Iterable<T>): AsyncIterable<T> {
  yield* items;
}

const dayOf = ({ values }: StagedRow) => (typeof values['day'] === 'string' ? values['day'] : '');

it('gives rows back by partition, partitions and rows in order', async () => {
  const folder = await temporaryFolder();
  const rows = [
    row('9', '2022-12-02', 1),
    row('😀', '2022-12-01', 2),
    row('！', '2022-12-01', 3),
    row('10', '2022-12-02', 4),
  ];
  {
    await using staged = await stageRows(each(rows), dayOf, { folder });
    expect(staged.partitions).toEqual(['2022-12-01', '2022-12-02']);
    expect(await staged.rowsOf('2022-12-01')).toEqual([rows[2], rows[1]]);
    expect(await staged.rowsOf('2022-12-02')).toEqual([rows[3], rows[0]]);
    expect(await staged.rowsOf('2022-12-02')).toEqual([rows[3], rows[0]]);
  }
  expect(await readdir(folder)).toEqual([]);
});

it('names every place at which a duplicate id stands, and leaves no file behind', async () => {
  const folder = await temporaryFolder();
  const rows = [
    row('1', 'a', 1),
    row('2', 'a', 2),
    row('1', 'b', 3),
    row('3', 'a', 4),
    row('1', 'a', 5),
    row('3', 'a', 6),
  ];
  const refused = stageRows(each(rows), dayOf, { folder });
  await expect(refused).rejects.toThrow(DuplicateIdError);
  await expect(refused).rejects.toThrow(
    '2 ids stand in more than one row; each row of a dataset has its own:\n' +
      '  1  at videos.jsonl:1 and videos.jsonl:3 and videos.jsonl:5\n' +
      '  3  at videos.jsonl:4 and videos.jsonl:6\n',
  );
  expect(await readdir(folder)).toEqual([]);
});

it('shows twenty of many duplicates', async () => {
  const ids = Array.from({ length: 100 }, (_, index) => String(100 + index));
  const rows = [...ids, ...ids].map((id, line) => row(id, 'a', line + 1));
  const error = await stageRows(each(rows), dayOf, { folder: await temporaryFolder() }).then(
    () => null,
    (refused: unknown) => refused,
  );
  expect(error).toMatchObject({
    count: 100,
    duplicates: { length: 20, 0: { id: '100', places: ['videos.jsonl:1', 'videos.jsonl:101'] } },
  });
  expect(String(error)).toContain('… and 80 more');
});

async function* broken(): AsyncIterable<StagedRow> {
  yield row('1', 'a', 1);
  throw new Error('the source broke off');
}

it('passes on what goes wrong while rows come in, and leaves no file behind', async () => {
  const folder = await temporaryFolder();
  await expect(stageRows(broken(), dayOf, { folder })).rejects.toThrow('the source broke off');
  expect(await readdir(folder)).toEqual([]);
});

it('keeps items beyond its buffer in a file, in the order in which they came', async () => {
  await using spill = new SpillFile<{ n: bigint; text: string }>(join(await temporaryFolder(), 'spill'), 100);
  const items = Array.from({ length: 1000 }, (_, index) => ({ n: BigInt(index), text: '\0😀'.repeat(index % 7) }));
  for (const item of items) await spill.add(String(item.n % 3n), item, 30);
  expect(spill.buckets).toEqual(['0', '1', '2']);
  for (const bucket of spill.buckets)
    expect(await spill.items(bucket)).toEqual(items.filter(({ n }) => String(n % 3n) === bucket));
  expect(await spill.items('unknown')).toEqual([]);
});
