import { expect, it } from 'vitest';
import { collectById } from '../../../activities/tiktok/collect-by-id.ts';
import { videoFieldTypes } from '../../../activities/tiktok/video-fields.ts';
import { collected, failed, idsOf, keptRows, scriptedApi, toolsFor, videosOf, type Fault } from './scripted-api.ts';

const VIDEOS = [...videosOf('2022-11-20', [60, 60]), ...videosOf('2023-06-01', [30])];
const IDS = VIDEOS.map(({ id }) => id);
const TYPES = videoFieldTypes();

const collect = async (ids: readonly string[], api: ReturnType<typeof scriptedApi>, run = {}) => {
  const bench = toolsFor(api, run);
  return { ...bench, ...(await collected(collectById(ids, TYPES, bench.tools))) };
};
const failures = ({ rows }: Awaited<ReturnType<typeof collect>>) =>
  [...rows.values()].flatMap(({ id, failure }) => (failure ? [[id, failure.code]] : []));

it('asks for a hundred ids of neighbouring days at once', async () => {
  const { rows, coverage, requests, completed } = await collect(
    IDS,
    scriptedApi(() => VIDEOS),
  );
  expect([...rows.keys()].toSorted()).toEqual(idsOf(VIDEOS));
  expect(coverage).toEqual({ of: 'item', complete: 150, partial: {}, not_asked: {} });
  expect(requests.map(({ body }) => JSON.parse(body).query.and[0].field_values.length)).toEqual([100, 20, 30]);
  expect(completed).toHaveLength(3);
  const days = requests.map(({ body }) => JSON.parse(body)).map((body) => [body.start_date, body.end_date]);
  expect(days[2]).toEqual(['20230518', '20230615']);
});

it('says which ids the API has no video of, and which are none', async () => {
  const missing = VIDEOS[5]!;
  const notIds = ['7168', 'abc', '7,1E+18', '9223372036854775808', String(BigInt(4e9) << 32n)];
  const collection = await collect(
    [...IDS, ...notIds],
    scriptedApi(() => VIDEOS.filter((video) => video !== missing)),
  );
  expect(failures(collection)).toEqual([...notIds.map((id) => [id, 'invalid_id']), [missing.id, 'not_found']]);
  expect(collection.coverage.complete).toBe(155);
});

it('asks only for ids without a row, and for failed ones as they are retried', async () => {
  const missing = VIDEOS[5]!;
  const first = await collect(
    IDS.slice(0, 10),
    scriptedApi(() => VIDEOS.filter((video) => video !== missing)),
  );
  const earlier = { kept: keptRows(first) };
  const api = scriptedApi(() => VIDEOS);
  expect((await collect(IDS.slice(0, 10), api, { earlier })).requests).toEqual([]);
  const more = await collect(IDS.slice(0, 12), api, { earlier });
  expect([[...more.rows.keys()].toSorted(), more.coverage.complete]).toEqual([IDS.slice(10, 12), 12]);
  const again = await collect(IDS.slice(0, 10), api, { earlier, askAgain: ['not_found'] });
  expect([...again.rows.keys()]).toEqual([missing.id]);
});

it('flags or withdraws what is gone on a refresh, and leaves what could not be asked', async () => {
  const gone = VIDEOS[5]!;
  const first = await collect(
    IDS,
    scriptedApi(() => VIDEOS),
  );
  const earlier = { kept: keptRows(first) };
  const api = () => scriptedApi(() => VIDEOS.filter((video) => video !== gone));
  const flagged = await collect(IDS, api(), { earlier, refresh: true });
  expect([...flagged.rows.values()].filter(({ values }) => values['deleted_at'] !== null).map(({ id }) => id)).toEqual([
    gone.id,
  ]);
  expect((await collect(IDS, api(), { earlier, refresh: true, onDeleted: 'withdraw' })).withdrawn).toEqual([gone.id]);
  const broken = scriptedApi(() => [], { fault: () => failed('internal_error') });
  const unsure = await collect(IDS, broken, { earlier, refresh: true, onDeleted: 'withdraw' });
  expect([unsure.withdrawn, unsure.rows.size]).toEqual([[], 0]);
  expect(unsure.coverage).toMatchObject({ complete: 0, partial: { not_refreshed: 150 } });
});

it('loses to a day that fails only the videos of that day', async () => {
  const poisoned: Fault = (_request, body) =>
    body.start_date <= '20221123' && body.end_date >= '20221123' ? failed('internal_error') : null;
  const videos = videosOf('2022-11-20', [5, 0, 0, 5, 0, 5]);
  const { rows, coverage } = await collect(
    idsOf(videos),
    scriptedApi(() => videos, { fault: poisoned }),
  );
  expect([rows.size, coverage]).toEqual([
    10,
    { of: 'item', complete: 10, partial: { server_error: 5 }, not_asked: {} },
  ]);
});

it('loses to an id that is refused only that id', async () => {
  const bad = IDS[7]!;
  const refuse: Fault = ({ body }) =>
    body.includes(bad) ? { kind: 'refused', code: 'invalid_params', message: 'no' } : null;
  const collection = await collect(
    IDS.slice(20).concat(bad),
    scriptedApi(() => VIDEOS, { fault: refuse }),
  );
  expect(failures(collection)).toEqual([[bad, 'invalid_params']]);
  expect(collection.rows.size).toBe(131);
  await expect(
    collect(
      IDS,
      scriptedApi(() => VIDEOS, { fault: () => ({ kind: 'refused', code: 'invalid_params', message: 'no' }) }),
    ),
  ).rejects.toThrow('TikTok refuses the query');
});

it('says how many ids were not asked for', async () => {
  const { rows, coverage } = await collect(
    IDS,
    scriptedApi(() => VIDEOS),
    { maxRequests: 1 },
  );
  expect([rows.size, coverage]).toEqual([
    100,
    { of: 'item', complete: 100, partial: {}, not_asked: { max_requests: 50 } },
  ]);
});

it('asks nothing anew over the recorded replies', async () => {
  const api = scriptedApi(() => VIDEOS);
  const { journal, rows } = await collect(IDS, api);
  const asked = api.asked;
  const again = await collected(collectById(IDS, TYPES, toolsFor(api, {}, journal).tools));
  expect([api.asked, [...again.rows]]).toEqual([asked, [...rows]]);
});
