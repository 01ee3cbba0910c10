import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peruQuery } from '../tiktok-server/peru-query.ts';
import { withNul } from '../tiktok-server/video-row.ts';
import { coverageOf, type TikTokDataset, TikTokProject } from './tiktok-dataset.ts';

const SMALL = { from: '2022-12-01', to: '2022-12-10' };
const MONTH = { from: '2022-11-20', to: '2023-01-03' };

let tiktok: TikTokProject;
beforeAll(async () => {
  tiktok = await TikTokProject.start();
});
afterAll(() => tiktok?.[Symbol.asyncDispose]());

describe('a period', () => {
  it.each([
    ['inclusive', 0],
    // Its last day is asked for a second time, to be sure that it was in it.
    ['exclusive', 1],
  ] as const)('is collected with at most 1.05 of the least requests, end_date %s', async (endDate, more) => {
    await using dataset = await tiktok.dataset({ population: 'month', endDate });
    const manifest = await dataset.collect(MONTH);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(MONTH.from, MONTH.to));
    expect(coverageOf(manifest)).toMatchObject({ complete: 45, partial: {}, not_asked: {} });
    const least = dataset.server.leastRequests(peruQuery, MONTH.from, MONTH.to);
    expect(dataset.used()).toBeLessThanOrEqual(Math.ceil(1.05 * least) + more);
  });

  it.each(['inclusive', 'exclusive'] as const)(
    'of which a day has no video is complete, end_date %s',
    async (endDate) => {
      await using dataset = await tiktok.dataset({ endDate });
      const manifest = await dataset.collect(SMALL);
      expect(await dataset.ids(manifest)).toEqual(dataset.expected(SMALL.from, SMALL.to));
      expect(coverageOf(manifest)).toMatchObject({ complete: 10, days: [{ ...SMALL, status: 'complete' }] });
    },
  );

  it('has every value as the API gave it: ids that no number holds, and names with NUL', async () => {
    await using dataset = await tiktok.dataset({ nulUsernames: true, emptyFields: 'present' });
    const manifest = await dataset.collect(SMALL);
    const videos = new Map(dataset.server.videos.map((video) => [String(video.id), video]));
    const rows = await dataset.rows(manifest);
    expect(rows.map(({ values }) => [values['music_id'], values['username'], values['create_time']])).toEqual(
      rows.map(({ id }) => {
        const { musicId, username, createTime } = videos.get(id)!;
        return [String(musicId), withNul(username), BigInt(createTime)];
      }),
    );
    expect(rows.filter(({ id }) => BigInt(Number(id)) !== BigInt(id)).length).toBe(700);
    const [found] = await dataset.sql(
      manifest,
      `SELECT count(*) videos, count(DISTINCT id) ids, typeof(any_value(id)) AS id_type,
        count(*) FILTER (CAST(id AS BIGINT) >> 32 BETWEEN create_time - 41 AND create_time - 25) exact,
        count(*) FILTER (contains(username, chr(0))) nul FROM video`,
    );
    const nul = rows.filter(
      ({ values: { username } }) => typeof username === 'string' && username.includes('\0'),
    ).length;
    expect(nul).toBeGreaterThan(50);
    expect(found).toEqual({ videos: '700', ids: '700', id_type: 'VARCHAR', exact: '700', nul: String(nul) });
  });

  it('has the same rows however the API writes what it has', async () => {
    await using plain = await tiktok.dataset({ emptyFields: 'omitted' });
    const [first] = [await plain.collect(SMALL)];
    const values = (rows: Awaited<ReturnType<typeof plain.rows>>, strip: readonly string[]) =>
      rows.map(({ id, values: all }) => [id, Object.entries(all).filter(([name]) => !strip.includes(name))]);
    const written = [
      'observed_at',
      'hashtag_info_list',
      'sticker_info_list',
      'effect_info_list',
      'video_label',
      'video_tag',
    ];
    await using other = await tiktok.dataset({ emptyFields: 'omitted', structs: 'mixed', idName: 'video_id' });
    const second = await other.collect(SMALL);
    expect(values(await other.rows(second), written)).toEqual(values(await plain.rows(first), written));
    const kinds = await other.sql(
      second,
      'SELECT DISTINCT json_type(hashtag_info_list) kind FROM video WHERE hashtag_info_list IS NOT NULL ORDER BY 1',
    );
    expect(kinds).toEqual([{ kind: 'ARRAY' }, { kind: 'OBJECT' }]);
  });
});

describe('an id and its time that disagree', () => {
  it.each([
    ['rounded', (id: bigint) => BigInt(Number(id)), {}],
    ['foreign', (id: bigint) => id - (31_557_600n << 32n), { id_time_mismatch: 1 }],
  ] as const)(
    '%s: the row is kept under the id that came, and the log says what can be seen',
    async (how, altered, notes) => {
      await using dataset = await tiktok.dataset({ faults: [{ kind: 'corrupt_id', how }] });
      const manifest = await dataset.collect(SMALL);
      const [day] = [dataset.expected(SMALL.from, SMALL.from)];
      const right = day.at(-1)!;
      const wrong = String(altered(BigInt(right)));
      const expected = dataset.expected(SMALL.from, SMALL.to).filter((id) => id !== right);
      expect((await dataset.ids(manifest)).toSorted()).toEqual([...expected, wrong].toSorted());
      expect(await dataset.notes(manifest)).toEqual(notes);
    },
  );

  it('wrong times are counted, and lose nothing at the edges of the period', async () => {
    const faults = [-86_400, 86_400].map((byS) => ({ fault: { kind: 'wrong_time', byS } as const, every: 2 }));
    await using dataset = await tiktok.dataset({ endDate: 'exclusive', faults });
    const manifest = await dataset.collect(SMALL);
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(SMALL.from, SMALL.to));
    const { wrong_time: hit } = dataset.server.counts().byFault;
    expect(hit).toBeGreaterThan(3);
    expect((await dataset.notes(manifest))['id_time_mismatch']).toBe(hit);
    // What is kept is kept in the next version too.
    expect(await dataset.ids(await dataset.collect(SMALL, { refresh: ['video'] }))).toEqual(
      dataset.expected(SMALL.from, SMALL.to),
    );
  });
});

describe('a collection in many runs', () => {
  /** Requests in all, of a month; `cut` runs once, and says whether all is there. */
  async function requestsOf(
    cut: (dataset: TikTokDataset) => Promise<boolean>,
  ): Promise<{ cuts: number; more: number }> {
    await using dataset = await tiktok.dataset({ population: 'month' });
    await dataset.declare(MONTH);
    let cuts = 0;
    while (!(await cut(dataset))) cuts += 1;
    const manifest = await dataset.run();
    expect(await dataset.ids(manifest)).toEqual(dataset.expected(MONTH.from, MONTH.to));
    expect(coverageOf(manifest)).toMatchObject({ complete: 45, partial: {}, not_asked: {} });
    return { cuts, more: dataset.used() - 1.05 * dataset.server.leastRequests(peruQuery, MONTH.from, MONTH.to) };
  }

  it('that --max-requests cut costs a request a cut', { timeout: 120_000 }, async () => {
    const { cuts, more } = await requestsOf(async (dataset) => {
      const manifest = await dataset.run({ maxRequests: 7 });
      return coverageOf(manifest).complete === 45;
    });
    expect(cuts).toBeGreaterThan(2);
    expect(more).toBeLessThanOrEqual(cuts);
  });

  it('that was cancelled costs the request under way', { timeout: 60_000 }, async () => {
    let runs = 0;
    const { more } = await requestsOf(async (dataset) => {
      runs += 1;
      if (runs === 2) return true;
      const reached = Promise.withResolvers<void>();
      let isSlow = true;
      dataset.onReply = async (nth) => {
        if (nth < 6 || !isSlow) return;
        reached.resolve();
        await pause(500);
      };
      const run = await dataset.project.start();
      await reached.promise;
      await dataset.project.client.workflow.getHandle(run.workflowId).cancel();
      await expect(run.end()).rejects.toThrow();
      isSlow = false;
      return false;
    });
    expect(more).toBeLessThanOrEqual(1);
  });
});
