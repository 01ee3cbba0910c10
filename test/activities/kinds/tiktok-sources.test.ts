import { describe, expect, it } from 'vitest';
import type { EarlierCollection, EarlierRow } from '../../../activities/collect/collect-tools.ts';
import { stepKinds } from '../../../activities/kinds/index.ts';
import { rowCheck } from '../../../datasets/row-check.ts';
import { collected, scriptedApi, toolsFor, videosOf } from '../tiktok/scripted-api.ts';
import { loadText } from '../tiktok/load-text.ts';

const kind = (name: string) => stepKinds.get(name)!;
const collects = (name: string) => kind(name).collects!;
const row = (id: string, values: EarlierRow['values'] = {}): EarlierRow => ({
  id,
  values,
  status: 'ok',
  errorCode: null,
});

const nothing: EarlierCollection = {
  coverage: null,
  async *rows() {},
  completeUnits: async () => new Set(),
  answeredAt: async () => new Map(),
};
const having = (...rows: readonly EarlierRow[]): EarlierCollection => ({
  ...nothing,
  async *rows() {
    yield* rows;
  },
});

describe('tiktok/videos', () => {
  const params = { regions: ['PE'], from: '2022-11-20', to: '2022-11-29' };

  it('makes rows that its columns hold, however few fields are asked for', async () => {
    const few = { ...params, fields: ['username'] };
    expect(Object.keys(kind('tiktok/videos').makes(few)!)).toEqual([
      'create_time',
      'username',
      'observed_at',
      'deleted_at',
    ]);
    const { tools } = toolsFor(scriptedApi(() => videosOf('2022-11-20', [3])));
    const { rows } = await collected(collects('tiktok/videos').collect(few, { ...tools, tuning: { lag_days: 2 } }));
    const check = rowCheck(kind('tiktok/videos').makes(few)!);
    expect(rows.size).toBe(3);
    for (const { values } of rows.values()) check({ ...values });
  });

  it('keeps rows of days that are still asked for', () => {
    const kept = (day: string) =>
      collects('tiktok/videos').keeps(row('1', { create_time: BigInt(Date.parse(day) / 1000) }), params, new Set());
    expect([
      kept('2022-11-19T23:59:59Z'),
      kept('2022-11-20'),
      kept('2022-11-29T23:59:59Z'),
      kept('2022-11-30'),
    ]).toEqual([false, true, true, false]);
  });

  it('estimates from the days that it has', async () => {
    const { estimate } = { estimate: collects('tiktok/videos').estimate.bind(collects('tiktok/videos')) };
    expect(await estimate(params, nothing, [], false)).toEqual({
      requests: { low: 1, high: null },
      rows: { low: 0, high: null },
    });
    const half: EarlierCollection = {
      ...having(
        ...Array.from({ length: 1000 }, (_, index) => {
          // The id of a video holds its time.
          const create_time = BigInt(Date.parse(`2022-11-2${index % 5}T12:00:00Z`) / 1000);
          return row(String((create_time << 32n) + BigInt(index)), { create_time });
        }),
      ),
      coverage: {
        of: 'day',
        complete: 5,
        partial: {},
        not_asked: {},
        days: [{ from: '2022-11-20', to: '2022-11-24', status: 'complete' }],
      },
    };
    expect(await estimate(params, half, [], false)).toEqual({
      requests: { low: 5, high: 25 },
      rows: { low: 500, high: 2000 },
    });
    expect(await estimate({ ...params, to: '2022-11-24' }, half, [], false)).toEqual({
      requests: { low: 0, high: 0 },
      rows: { low: 0, high: 0 },
    });
    expect((await estimate({ ...params, to: '2022-11-24' }, half, [], true)).requests.low).toBe(5);
  });
});

describe.each([
  ['tiktok/by-id', 'ids', '7168994483739033600'],
  ['tiktok/users', 'usernames', 'ada'],
  ['tiktok/comments', 'video_ids', '7168994483739033600'],
])('%s', (name, list, item) => {
  it('takes a list, or a column of another dataset, and not both', async () => {
    const from = 'from: { dataset: peru-2022, column: video.username }';
    expect(await loadText(`{ uses: ${name}, with: { ${list}: ["${item}"] } }`)).toBe('');
    expect(await loadText(`{ uses: ${name}, with: { ${from} } }`)).toBe('');
    expect(await loadText(`{ uses: ${name}, with: { ${from}, ${list}: ["${item}"] } }`)).toContain(
      `it has both ${list} and from, expected one of both`,
    );
    expect(await loadText(`{ uses: ${name} }`)).toContain(`it has neither ${list} nor from, expected one of both`);
    expect(await loadText(`{ uses: ${name}, with: { from: { dataset: peru-2022, column: username } } }`)).toContain(
      'expected a column such as video.username',
    );
  });

  it('names the seed column, with the main branch where none is named', () => {
    const params = kind(name).params.parse({ from: { dataset: 'peru-2022', column: 'video.username' } });
    expect(collects(name).from!(params)).toEqual({ dataset: 'peru-2022', ref: 'main', column: 'video.username' });
    expect(collects(name).from!({ [list]: [item] })).toBeNull();
  });

  it('estimates what has no row yet, and asks nothing when all have one', async () => {
    const estimate = (earlier: EarlierCollection) => collects(name).estimate({ [list]: [item] }, earlier, [], false);
    expect((await estimate(nothing)).requests).toMatchObject({ low: 1 });
    const mark = name === 'tiktok/comments' ? `video:${item}` : item;
    expect((await estimate(having(row(mark)))).requests).toEqual({ low: 0, high: 0 });
  });
});
