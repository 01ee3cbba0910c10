import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectionOf, coverageOf, dayOf, TikTokProject, untilToday } from './tiktok-dataset.ts';

const DAY_MS = 86_400_000;
const SMALL = { from: '2022-12-01', to: '2022-12-10' };
const MONTH = { from: '2022-11-20', to: '2023-01-03' };

let tiktok: TikTokProject;
beforeAll(async () => {
  tiktok = await TikTokProject.start();
});
afterAll(() => tiktok?.[Symbol.asyncDispose]());

describe('the log of a version', () => {
  it('is a table of SQL with every request that was sent, in agreement with what the API saw', async () => {
    await using dataset = await tiktok.dataset({ faults: [{ fault: { kind: 'server_error' }, skip: 2 }] });
    const manifest = await dataset.collect(SMALL);
    const log = await dataset.sql(
      manifest,
      'SELECT log_id, status, code, "cursor", search_id, returned, has_more FROM video_log ORDER BY asked_at, attempt',
    );
    const seen = dataset.server.requests.filter(({ endpoint }) => endpoint === 'video/query');
    expect(log).toEqual(
      seen.map(({ logId, status, code, facts, rows }) => ({
        log_id: logId,
        status,
        code,
        cursor: facts?.cursor ? String(facts.cursor) : null,
        search_id: facts?.searchId ?? null,
        returned: code === 'ok' ? rows : null,
        has_more: code === 'ok' ? expect.any(Boolean) : null,
      })),
    );
    expect(collectionOf(manifest).requests).toBe(seen.length);
  });

  it('leads from every row to the reply it stood in', async () => {
    await using dataset = await tiktok.dataset();
    const manifest = await dataset.collect(SMALL);
    const log = new Map((await dataset.log(manifest)).map((line) => [`request ${line.request}`, line]));
    const bodies = new Map(dataset.server.requests.map(({ logId, facts }) => [logId, facts]));
    const rows = new Map((await dataset.rows(manifest)).map((row) => [row.id, row.values]));
    const provenance = await dataset.provenance(manifest);
    expect(provenance.size).toBe(700);
    const counts = new Map<string, number>();
    for (const [id, { origin, run }] of provenance) {
      const { unit, run: asker, log_id, page, request } = log.get(origin!)!;
      counts.set(request, (counts.get(request) ?? 0) + 1);
      const [first, last] = unit.split('/');
      const day = dayOf(Number(rows.get(id)!['create_time']) * 1000);
      expect(first! <= day && day <= last!).toBe(true);
      expect([run, bodies.get(log_id!)?.page]).toEqual([asker, page]);
    }
    for (const { request, returned } of log.values()) expect(counts.get(request) ?? 0).toBe(returned);
  });
});

describe('a collection that goes on in a later version', () => {
  it('asks only for the days that were added, keeps the rest as it is, and leaves out what is no more asked for', async () => {
    await using dataset = await tiktok.dataset({ population: 'month' });
    const first = await dataset.collect({ from: '2022-12-01', to: '2022-12-10' });
    const before = await dataset.provenance(first);
    dataset.server.reset();
    const longer = await dataset.collect({ from: '2022-11-28', to: '2022-12-14' });
    expect(await dataset.ids(longer)).toEqual(dataset.expected('2022-11-28', '2022-12-14'));
    expect(coverageOf(longer)).toMatchObject({ complete: 17, partial: {}, not_asked: {} });
    for (const { facts } of dataset.server.requests)
      if (facts?.endpoint === 'video/query')
        expect(facts.endDate! < '20221201' || facts.startDate! > '20221210').toBe(true);
    const after = await dataset.provenance(longer);
    for (const [id, { salt, run, origin }] of before) expect(after.get(id)).toMatchObject({ salt, run, origin });
    // The log still has the requests that those rows came from.
    const requests = new Set((await dataset.log(longer)).map(({ request }) => `request ${request}`));
    for (const { origin } of after.values()) expect(requests).toContain(origin);

    dataset.server.reset();
    const shorter = await dataset.collect({ from: '2022-12-05', to: '2022-12-08' });
    expect(await dataset.ids(shorter)).toEqual(dataset.expected('2022-12-05', '2022-12-08'));
    expect(coverageOf(shorter)).toMatchObject({ complete: 4 });
    expect(dataset.server.counts().total).toBe(0);
  });

  it('has the same videos in steps of --max-requests', async () => {
    await using whole = await tiktok.dataset({ population: 'month' });
    await whole.collect(MONTH);
    const least = whole.used();
    await using dataset = await tiktok.dataset({ population: 'month' });
    await dataset.declare(MONTH);
    let steps = 0;
    for (let open = true; open; steps += 1) {
      const manifest = await dataset.run({ maxRequests: 5 });
      expect(dataset.used()).toBeLessThanOrEqual(5);
      const { complete, partial, not_asked } = coverageOf(manifest);
      const days = complete + (partial['max_requests'] ?? 0) + (not_asked['max_requests'] ?? 0);
      expect(days).toBe(45);
      const all = dataset.expected(MONTH.from, MONTH.to);
      const ids = await dataset.ids(manifest);
      open = complete < 45;
      if (open) expect(all).toEqual(expect.arrayContaining(ids));
      else expect(ids).toEqual(all);
    }
    // Each step begins with a window of one day, and leaves one unfinished.
    expect(dataset.server.counts().usedQuota).toBeLessThanOrEqual(least + 3 * steps);
  });

  it('completes days that were too young, when the API has them', async () => {
    const nowMs = Date.now();
    const days = 6;
    await using dataset = await tiktok.dataset({ population: untilToday(days, nowMs) });
    const [from, to] = [dayOf(nowMs - (days - 1) * DAY_MS), dayOf(nowMs + DAY_MS)];
    const first = await dataset.collect({ from, to });
    const early = dataset.expected(from, to);
    expect(await dataset.ids(first)).toEqual(early);
    const { complete, partial, not_asked } = coverageOf(first);
    expect([complete, partial, not_asked]).toEqual([3, { recent: 3 }, { future: 1 }]);
    dataset.server.advance(4 * DAY_MS);
    const later = await dataset.run({ startedAtMs: nowMs + 4 * DAY_MS });
    expect(await dataset.ids(later)).toEqual(dataset.expected(from, to));
    expect(early.length).toBeLessThan(dataset.expected(from, to).length);
    expect(coverageOf(later)).toMatchObject({ complete: 7, partial: {}, not_asked: {} });
  });
});
