import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../manifests/manifest.ts';
import { compareIds } from '../../datasets/compare-ids.ts';
import { peruQuery } from '../tiktok-server/peru-query.ts';
import { collectionOf, coverageOf, type TikTokDataset, TikTokProject } from './tiktok-dataset.ts';

const FIRST = { from: '2022-12-06', to: '2022-12-07' };
const ALL = { from: '2022-12-06', to: '2022-12-08' };

let tiktok: TikTokProject;
beforeAll(async () => {
  tiktok = await TikTokProject.start();
});
afterAll(() => tiktok?.[Symbol.asyncDispose]());

/** A dataset of a source that asks for what stands in a column of the videos. */
async function seeded(dataset: TikTokDataset, uses: string, column: string, options = {}): Promise<Manifest> {
  const from = { dataset: dataset.name, column };
  await dataset.project.write(
    'dataset.yaml',
    `dataset: ${dataset.name}-seeded\npartition: { by: id, buckets: 2 }\nsteps:\n  item: { uses: ${uses}, with: ${JSON.stringify({ from })} }\n`,
  );
  return dataset.run(options);
}

const failedIn = ({ state }: Manifest) => {
  const sum: Record<string, number> = {};
  for (const { counts } of Object.values(state.steps['item']!.partitions))
    for (const [code, rows] of Object.entries(counts.failed)) sum[code] = (sum[code] ?? 0) + rows;
  return sum;
};
const okIds = async (dataset: TikTokDataset, manifest: Manifest) =>
  (await dataset.rows(manifest, 'item')).flatMap(({ id, status }) => (status === 'ok' ? [id] : []));
const version = async (dataset: TikTokDataset, step = ALL) => {
  await dataset.declare(step);
  return (await dataset.project.run()).version;
};
/** What was asked for at one endpoint since the last reset. */
const askedFor = (dataset: TikTokDataset, endpoint: string) =>
  dataset.server.requests.flatMap(({ endpoint: at, body }) => (at === endpoint ? [body] : []));

describe('tiktok/by-id', () => {
  it('has the videos of another dataset, says which version said so, and those that are gone as failed', async () => {
    await using dataset = await tiktok.dataset({ population: 'tiny' });
    const from = await version(dataset);
    const all = dataset.expected(ALL.from, ALL.to);
    const gone = all.slice(3, 6);
    dataset.server.remove(...gone);
    dataset.used();
    const manifest = await seeded(dataset, 'tiktok/by-id', 'video.id');
    expect(dataset.used()).toBe(1);
    expect(collectionOf(manifest, 'item').from).toEqual({
      dataset: dataset.name,
      ref: 'main',
      version: from,
      column: 'video.id',
    });
    expect(await dataset.ids(manifest, 'item')).toEqual(all);
    expect(await okIds(dataset, manifest)).toEqual(all.filter((id) => !gone.includes(id)));
    expect(failedIn(manifest)).toEqual({ not_found: 3 });
    expect(coverageOf(manifest, 'item')).toMatchObject({ of: 'item', complete: 30, partial: {}, not_asked: {} });

    // Nothing is asked again until somebody wants it.
    expect(failedIn(await seeded(dataset, 'tiktok/by-id', 'video.id'))).toEqual({ not_found: 3 });
    expect(dataset.used()).toBe(0);
    dataset.server.restore(...gone.slice(0, 2));
    const retried = await seeded(dataset, 'tiktok/by-id', 'video.id', { retry: ['failed:not_found'] });
    expect(failedIn(retried)).toEqual({ not_found: 1 });
    expect(await okIds(dataset, retried)).toEqual(all.filter((id) => id !== gone[2]));
    const [body] = askedFor(dataset, 'video/query').slice(-1);
    for (const id of all) expect(body!.includes(`"${id}"`)).toBe(gone.includes(id));
  });

  it('asks only for the ids that a later version of the other dataset adds', async () => {
    await using dataset = await tiktok.dataset({ population: 'tiny' });
    await version(dataset, FIRST);
    const first = await seeded(dataset, 'tiktok/by-id', 'video.id');
    expect(await okIds(dataset, first)).toEqual(dataset.expected(FIRST.from, FIRST.to));
    const later = await version(dataset);
    dataset.server.reset();
    const second = await seeded(dataset, 'tiktok/by-id', 'video.id');
    expect(await okIds(dataset, second)).toEqual(dataset.expected(ALL.from, ALL.to));
    expect(collectionOf(second, 'item').from?.version).toBe(later);
    const bodies = askedFor(dataset, 'video/query').join();
    for (const id of dataset.expected(ALL.from, ALL.to))
      expect(bodies.includes(`"${id}"`)).toBe(!dataset.expected(FIRST.from, FIRST.to).includes(id));
  });
});

describe('tiktok/users', () => {
  it('has the accounts of the videos, those that can not be had as failed, and retries them when told to', async () => {
    await using dataset = await tiktok.dataset({ population: 'tiny' });
    await version(dataset, FIRST);
    const [closed, unknown] = dataset.server.usernamesOf(peruQuery, FIRST.from, FIRST.to);
    dataset.server.configure({ closedUsers: [closed!], unknownUsers: [unknown!] });
    const first = await seeded(dataset, 'tiktok/users', 'video.username');
    const early = dataset.server.usernamesOf(peruQuery, FIRST.from, FIRST.to).toSorted(compareIds);
    expect(await dataset.ids(first, 'item')).toEqual(early);
    expect(failedIn(first)).toEqual({ user_not_available: 1, user_not_found: 1 });
    expect(askedFor(dataset, 'user/info').length).toBe(early.length);

    await version(dataset);
    dataset.server.reset();
    const names = dataset.server.usernamesOf(peruQuery, ALL.from, ALL.to).toSorted(compareIds);
    const second = await seeded(dataset, 'tiktok/users', 'video.username');
    expect(await dataset.ids(second, 'item')).toEqual(names);
    const asked = askedFor(dataset, 'user/info').map((body) => (JSON.parse(body) as { username: string }).username);
    expect(asked.toSorted(compareIds)).toEqual(names.filter((name) => !early.includes(name)));

    dataset.server.configure({ closedUsers: [], unknownUsers: [] });
    dataset.server.reset();
    const retry = { retry: ['failed:user_not_available'] };
    const retried = await seeded(dataset, 'tiktok/users', 'video.username', retry);
    expect(askedFor(dataset, 'user/info')).toEqual([JSON.stringify({ username: closed })]);
    expect(failedIn(retried)).toEqual({ user_not_found: 1 });
  });

  it('has every account once, whatever the API does meanwhile', async () => {
    const fault = (kind: 'rate_limit' | 'server_error' | 'access_token_invalid' | 'truncated_json', every: number) =>
      ({ fault: { kind }, endpoint: 'user/info', every }) as const;
    await using dataset = await tiktok.dataset({
      population: 'tiny',
      faults: [
        fault('rate_limit', 3),
        fault('server_error', 4),
        fault('access_token_invalid', 5),
        fault('truncated_json', 6),
      ],
    });
    await version(dataset);
    const manifest = await seeded(dataset, 'tiktok/users', 'video.username');
    expect(await okIds(dataset, manifest)).toEqual(
      dataset.server.usernamesOf(peruQuery, ALL.from, ALL.to).toSorted(compareIds),
    );
  });
});

describe('tiktok/comments', () => {
  it('has the comments of every video, each once, and says which videos have none to give', async () => {
    const kinds = ['rate_limit', 'server_error', 'truncated_json'] as const;
    await using dataset = await tiktok.dataset({
      population: 'small',
      faults: kinds.map((kind, index) => ({ fault: { kind }, endpoint: 'video/comment/list', every: 7 + index })),
    });
    const day = { from: '2022-12-08', to: '2022-12-09' };
    await version(dataset, day);
    const videos = dataset.expected(day.from, day.to);
    const gone = videos.slice(0, 2);
    dataset.server.remove(...gone);
    const manifest = await seeded(dataset, 'tiktok/comments', 'video.id');
    const expected = videos.flatMap((id) => dataset.server.commentIdsOf(id)).toSorted(compareIds);
    expect(await okIds(dataset, manifest)).toEqual(expected);
    expect(failedIn(manifest)).toEqual({ video_not_found: 2 });
    const rows = await dataset.rows(manifest, 'item');
    expect(rows.filter(({ status }) => status === 'failed').map(({ id }) => id)).toEqual(
      gone.map((id) => `video:${id}`),
    );

    const longer = { from: '2022-12-08', to: '2022-12-10' };
    await version(dataset, longer);
    dataset.server.reset();
    dataset.server.remove(...gone);
    const next = await seeded(dataset, 'tiktok/comments', 'video.id');
    const all = dataset.expected(longer.from, longer.to);
    const more = all.flatMap((id) => dataset.server.commentIdsOf(id)).toSorted(compareIds);
    expect(await okIds(dataset, next)).toEqual(more);
    const bodies = askedFor(dataset, 'video/comment/list').join();
    for (const id of videos) expect(bodies).not.toContain(id);

    dataset.server.restore(...gone);
    const retry = { retry: ['failed:video_not_found'] };
    const retried = await seeded(dataset, 'tiktok/comments', 'video.id', retry);
    expect(failedIn(retried)).toEqual({});
    const restored = [...all, ...gone].flatMap((id) => dataset.server.commentIdsOf(id)).toSorted(compareIds);
    expect(await okIds(dataset, retried)).toEqual(restored);
  });
});

describe('a refresh that --max-requests cuts', () => {
  const refresh = { refresh: ['item'] };
  it.each([
    { uses: 'tiktok/by-id', column: 'video.id', endpoint: 'video/query', population: 'small', most: 2, named: false },
    {
      uses: 'tiktok/users',
      column: 'video.username',
      endpoint: 'user/info',
      population: 'small',
      most: 5,
      named: true,
    },
    {
      uses: 'tiktok/comments',
      column: 'video.id',
      endpoint: 'video/comment/list',
      population: 'tiny',
      most: 9,
      named: true,
    },
  ] as const)('says of how many items nothing is new, and goes on with them: $uses', async (source) => {
    const { uses, column, endpoint, population, most, named } = source;
    await using dataset = await tiktok.dataset({ population });
    const period = ['2022-12-01', '2022-12-10'] as const;
    await version(dataset, { from: period[0], to: period[1] });
    // Items that have failed are asked for again too, and no more often than the others.
    dataset.server.configure({ closedUsers: dataset.server.usernamesOf(peruQuery, ...period).slice(0, most) });
    dataset.server.remove(...dataset.expected(...period).slice(0, most));
    const first = await seeded(dataset, uses, column);
    const whole = coverageOf(first, 'item');
    const items = whole.complete + (whole.partial['api_limit_1000'] ?? 0);
    const all = askedFor(dataset, endpoint).slice(-collectionOf(first, 'item').requests);
    expect(all.length).toBeGreaterThan(2 * most);
    const again = async (maxRequests: number) => {
      const before = dataset.server.requests.length;
      const manifest = await seeded(dataset, uses, column, { ...refresh, maxRequests });
      const { complete, partial, not_asked } = coverageOf(manifest, 'item');
      const { not_refreshed: left = 0, api_limit_1000: limited = 0 } = partial;
      expect(left).toBeGreaterThan(0);
      expect([complete + limited + left, not_asked]).toEqual([items, {}]);
      if (named) {
        // As docs/collect.md says which those are.
        const { started_at: startedAt } = manifest.record;
        const unasked = `select unit from item_log where completes or code <> 'ok' group by all having max(answered_at) < ${startedAt}`;
        expect((await dataset.sql(manifest, unasked, 'item')).length).toBe(left);
      }
      expect((await dataset.rows(manifest, 'item')).length).toBe((await dataset.rows(first, 'item')).length);
      return dataset.server.requests.slice(before).flatMap(({ endpoint: at, body }) => (at === endpoint ? [body] : []));
    };
    const asked = [...(await again(most)), ...(await again(most)), ...(await again(all.length - 2 * most))];
    expect(asked.toSorted()).toEqual(all.toSorted());
    const { coverage } = collectionOf(await seeded(dataset, uses, column, refresh), 'item');
    expect(coverage).toEqual(whole);
  });
});
