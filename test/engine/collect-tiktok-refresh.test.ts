import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../manifests/manifest.ts';
import { coverageOf, type TikTokDataset, TikTokProject } from './tiktok-dataset.ts';

const DAY_MS = 86_400_000;
const SMALL = { from: '2022-12-01', to: '2022-12-10' };
const refresh = { refresh: ['video'] };

let tiktok: TikTokProject;
beforeAll(async () => {
  tiktok = await TikTokProject.start();
});
afterAll(() => tiktok?.[Symbol.asyncDispose]());

const valuesOf = async (dataset: TikTokDataset, manifest: Manifest, column: string) =>
  new Map((await dataset.rows(manifest)).map(({ id, values }) => [id, values[column]]));
const deletedIn = async (dataset: TikTokDataset, manifest: Manifest) =>
  [...(await valuesOf(dataset, manifest, 'deleted_at'))].flatMap(([id, at]) => (typeof at === 'bigint' ? [id] : []));
/** Some from the day with the most, the one with the fewest and the edges of the period. */
const some = (dataset: TikTokDataset) =>
  ['2022-12-01', '2022-12-03', '2022-12-08', '2022-12-10'].flatMap((day) => dataset.expected(day, day).slice(0, 2));

describe('observed again', () => {
  it('counts have grown, and the earlier version has what it had', async () => {
    await using dataset = await tiktok.dataset();
    const first = await dataset.collect(SMALL);
    const before = await valuesOf(dataset, first, 'view_count');
    const observed = await valuesOf(dataset, first, 'observed_at');
    dataset.server.advance(20 * DAY_MS);
    const second = await dataset.run(refresh);
    const after = await valuesOf(dataset, second, 'view_count');
    expect([...after.keys()]).toEqual(dataset.expected(SMALL.from, SMALL.to));
    for (const [id, views] of after) expect(views).toBeGreaterThan(before.get(id) as bigint);
    for (const [id, at] of await valuesOf(dataset, second, 'observed_at'))
      expect(at).toBeGreaterThan(observed.get(id) as bigint);
    expect(await valuesOf(dataset, first, 'view_count')).toEqual(before);
    // A row keeps its salt: a person's choice about it holds for each of its observations.
    const salts = await dataset.provenance(first);
    for (const [id, { salt }] of await dataset.provenance(second)) expect(salt).toBe(salts.get(id)!.salt);
  });

  it('videos that are gone are flagged, as they were last seen; once flagged they stay so', async () => {
    await using dataset = await tiktok.dataset();
    const first = await dataset.collect(SMALL);
    const gone = some(dataset);
    dataset.server.remove(...gone);
    dataset.server.advance(DAY_MS);
    const second = await dataset.run(refresh);
    expect(await dataset.ids(second)).toEqual(await dataset.ids(first));
    expect(await deletedIn(dataset, second)).toEqual(gone);
    const [before, after] = [await dataset.rows(first), await dataset.rows(second)];
    for (const { id, values } of before.filter((row) => gone.includes(row.id)))
      expect(after.find((row) => row.id === id)!.values).toMatchObject({ ...values, deleted_at: expect.any(BigInt) });
    dataset.server.advance(DAY_MS);
    const third = await dataset.run(refresh);
    const at = await valuesOf(dataset, second, 'deleted_at');
    expect(await deletedIn(dataset, third)).toEqual(gone);
    for (const id of gone) expect((await valuesOf(dataset, third, 'deleted_at')).get(id)).toBe(at.get(id));
  });

  it('videos that are there again are no more flagged', async () => {
    await using dataset = await tiktok.dataset();
    await dataset.collect(SMALL);
    const gone = some(dataset);
    dataset.server.remove(...gone);
    expect(await deletedIn(dataset, await dataset.run(refresh))).toEqual(gone);
    dataset.server.restore(...gone.slice(0, 3));
    expect(await deletedIn(dataset, await dataset.run(refresh))).toEqual(gone.slice(3));
  });

  it('videos that are gone leave the dataset when its policy is so, and come back when they are there again', async () => {
    await using dataset = await tiktok.dataset();
    const step = { ...SMALL, head: 'retention: { on_deleted: withdraw }\n' };
    const first = await dataset.collect(step);
    const all = await dataset.ids(first);
    const gone = some(dataset);
    dataset.server.remove(...gone);
    expect(await dataset.ids(await dataset.run(refresh))).toEqual(all.filter((id) => !gone.includes(id)));
    expect(await dataset.ids(await dataset.run())).toEqual(all.filter((id) => !gone.includes(id)));
    dataset.server.restore(...gone);
    expect(await dataset.ids(await dataset.run(refresh))).toEqual(all);
    expect(await dataset.ids(first)).toEqual(all);
  });
});

describe('what fails is no deletion', () => {
  it.each([
    ['the day', { days: ['20221203', '20221203'] as const }],
    ['the confirmation', { containing: '"video_id"' }],
    ['later pages', { later: true }],
  ])('%s', async (_what, which) => {
    await using dataset = await tiktok.dataset();
    await dataset.collect(SMALL);
    const all = dataset.expected(SMALL.from, SMALL.to);
    const gone = dataset.expected('2022-12-03', '2022-12-03').slice(0, 5);
    dataset.server.remove(...gone);
    dataset.server.inject({ fault: { kind: 'server_error' }, times: 'always', ...which });
    const failed = await dataset.run(refresh);
    expect(await dataset.ids(failed)).toEqual(all);
    expect(await deletedIn(dataset, failed)).toEqual([]);
    const { complete, partial } = coverageOf(failed);
    expect(complete + (partial['not_refreshed'] ?? 0)).toBe(10);
    dataset.server.reset();
    dataset.server.remove(...gone);
    expect(await deletedIn(dataset, await dataset.run(refresh))).toEqual(gone);
  });

  it('videos that a search leaves out and that are there when asked for by their ids', async () => {
    await using dataset = await tiktok.dataset();
    await dataset.collect(SMALL);
    const hidden = some(dataset);
    dataset.server.remove(...hidden);
    dataset.onReply = () => {
      // Back before the confirmation.
      if (dataset.server.requests.at(-1)?.facts?.endDate === '20221210') dataset.server.restore(...hidden);
    };
    const manifest = await dataset.run(refresh);
    expect(await deletedIn(dataset, manifest)).toEqual([]);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(SMALL.from, SMALL.to));
  });
});
