import { describe, expect, it } from 'vitest';
import type { CollectReply, EarlierRow } from '../../../activities/collect/collect-tools.ts';
import { collectVideos } from '../../../activities/tiktok/collect-videos.ts';
import { daysOf } from '../../../activities/tiktok/utc-day.ts';
import type { Coverage } from '../../../datasets/coverage.ts';
import {
  collected,
  failed,
  idsOf,
  keptRows,
  NOW,
  peruCounts,
  scriptedApi,
  toolsFor,
  videosOf,
  type Fault,
} from './scripted-api.ts';

const PERIOD = { regions: ['PE'], from: '2022-11-20', to: '2022-11-26' };
const COUNTS = [130, 0, 250, 3, 0, 410, 0];
const VIDEOS = videosOf('2022-11-20', COUNTS);
const WHOLE = {
  of: 'day',
  complete: 7,
  partial: {},
  not_asked: {},
  days: [{ from: '2022-11-20', to: '2022-11-26', status: 'complete' }],
};

const collect = (api: ReturnType<typeof scriptedApi>, run: Parameters<typeof toolsFor>[1] = {}, period = PERIOD) => {
  const bench = toolsFor(api, run);
  return collected(collectVideos(period, bench.tools, 2)).then((collection) => ({ ...bench, ...collection }));
};

describe.each([true, false])('collects exactly the videos of the period, end_date included: %s', (endIncluded) => {
  // Videos of the days around it must not come in.
  const around = () => [...videosOf('2022-11-19', [50]), ...VIDEOS, ...videosOf('2022-11-27', [60])];

  it('without a fault', async () => {
    const { rows, coverage } = await collect(scriptedApi(around, { endIncluded }));
    expect([...rows.keys()].toSorted()).toEqual(idsOf(VIDEOS));
    expect(coverage).toEqual(WHOLE);
  });

  it.each<[string, Fault]>([
    [
      'a search_id called invalid',
      ({ round, page }) => (round === 0 && page === 1 ? failed('search_id_invalid') : null),
    ],
    ['a cursor called invalid', ({ round, page }) => (round < 2 && page === 1 ? failed('cursor_invalid') : null)],
    [
      'a window that fails as a whole',
      (_request, body) => (Number(body.end_date) - Number(body.start_date) > 1 ? failed('html') : null),
    ],
  ])('with %s', async (_what, fault) => {
    const { rows, coverage } = await collect(scriptedApi(around, { endIncluded, fault }));
    expect([...rows.keys()].toSorted()).toEqual(idsOf(VIDEOS));
    expect(coverage.complete).toBe(7);
  });

  it('asks nothing anew when it is begun again over the recorded replies', async () => {
    const api = scriptedApi(around, { endIncluded });
    const first = await collect(api);
    const asked = api.asked;
    const second = await collected(collectVideos(PERIOD, toolsFor(api, {}, first.journal).tools, 2));
    expect(api.asked).toBe(asked);
    expect([...second.rows]).toEqual([...first.rows]);
    expect(second.coverage).toEqual(first.coverage);
  });

  it('collects 43,697 videos of 102 uneven days with 1.05 of the least requests', async () => {
    const videos = videosOf('2022-11-20', peruCounts());
    const api = scriptedApi(() => videos, { endIncluded });
    const { rows, coverage } = await collect(api, {}, { ...PERIOD, to: '2023-03-01' });
    expect(rows.size).toBe(43_697);
    expect(coverage.complete).toBe(102);
    expect(api.asked).toBeLessThanOrEqual(Math.floor(1.05 * Math.ceil(43_697 / 100)));
  });
});

it('asks for days without videos together', async () => {
  const { requests, coverage } = await collect(
    scriptedApi(() => []),
    {},
    { ...PERIOD, to: '2023-03-01' },
  );
  expect(coverage.complete).toBe(102);
  expect(requests.length).toBeLessThanOrEqual(8);
});

it('sends the cursor and the search_id of the page before, and the fields', async () => {
  const { requests } = await collect(scriptedApi(() => VIDEOS));
  expect(
    requests.slice(0, 2).map(({ unit, round, page, body }) => ({ unit, round, page, body: JSON.parse(body) })),
  ).toEqual([
    {
      unit: '2022-11-20/2022-11-20',
      round: 0,
      page: 0,
      body: {
        query: { and: [{ operation: 'IN', field_name: 'region_code', field_values: ['PE'] }] },
        start_date: '20221120',
        end_date: '20221120',
        max_count: 100,
      },
    },
    {
      unit: '2022-11-20/2022-11-20',
      round: 0,
      page: 1,
      body: expect.objectContaining({ cursor: 100, search_id: '7378809778820092971' }),
    },
  ]);
  expect(requests[0]!.fields.slice(0, 3)).toEqual(['id', 'create_time', 'username']);
});

it('leaves a day that always fails partial, and keeps the days beside it', async () => {
  const poisoned: Fault = (_request, body) =>
    body.start_date <= '20221122' && body.end_date >= '20221122' ? failed('internal_error') : null;
  const { rows, coverage } = await collect(scriptedApi(() => VIDEOS, { fault: poisoned }));
  expect(rows.size).toBe(VIDEOS.length - 250);
  expect(coverage.days).toEqual([
    { from: '2022-11-20', to: '2022-11-21', status: 'complete' },
    { from: '2022-11-22', to: '2022-11-22', status: 'partial', why: 'server_error' },
    { from: '2022-11-23', to: '2022-11-26', status: 'complete' },
  ]);
});

it('keeps what came before a day failed in its middle', async () => {
  const fault: Fault = (_request, body) =>
    body.end_date === '20221120' && body.cursor === 100n ? failed('internal_error') : null;
  const { rows, coverage } = await collect(
    scriptedApi(() => VIDEOS, { fault }),
    {},
    { ...PERIOD, to: '2022-11-20' },
  );
  expect(rows.size).toBe(100);
  expect(coverage.partial).toEqual({ server_error: 1 });
});

it('gives a thread that is lost three times up, and says so', async () => {
  const fault: Fault = ({ page }) => (page === 1 ? failed('search_id_invalid') : null);
  const { coverage, notes, requests } = await collect(
    scriptedApi(() => VIDEOS, { fault }),
    {},
    { ...PERIOD, to: '2022-11-20' },
  );
  expect(coverage.partial).toEqual({ search_id_invalid: 1 });
  expect(requests.map(({ round, page }) => [round, page])).toEqual([[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]]); // prettier-ignore
  expect(notes).toEqual({ duplicate: 200, begun_again: 2 });
});

it('follows empty pages for as long as they may be meant', async () => {
  const more = (cursor: bigint) => ({
    kind: 'ok' as const,
    data: { videos: [], has_more: true, cursor, search_id: '1' },
  });
  const endless: Fault = ({ page }) => more(BigInt(page + 1));
  const { coverage, requests } = await collect(
    scriptedApi(() => [], { fault: endless }),
    {},
    { ...PERIOD, to: '2022-11-20' },
  );
  expect(coverage.partial).toEqual({ empty_pages: 1 });
  expect(requests).toHaveLength(5);
  const two: Fault = ({ page, round }, body) => {
    return round === 0 && page > 0 && page < 3
      ? more(BigInt(100 + page))
      : page === 3
        ? { ...more(9n), data: { videos: [], has_more: false } }
        : body && null;
  };
  const { coverage: whole } = await collect(
    scriptedApi(() => VIDEOS, { fault: two }),
    {},
    { ...PERIOD, to: '2022-11-20' },
  );
  expect(whole.complete).toBe(1);
});

it('begins a window anew when its cursor stays where it is', async () => {
  const stuck: Fault = ({ round, page }) =>
    round === 0 && page > 0 ? { kind: 'ok', data: { videos: [], has_more: true, cursor: 100n } } : null;
  const { rows, coverage } = await collect(scriptedApi(() => VIDEOS, { fault: stuck }));
  expect(rows.size).toBe(VIDEOS.length);
  expect(coverage).toEqual(WHOLE);
});

it('notes a video that comes twice, and keeps the first', async () => {
  const { rows, yielded, notes } = await collect(scriptedApi(() => [...VIDEOS, VIDEOS[0]!]));
  expect([rows.size, yielded, notes]).toEqual([VIDEOS.length, VIDEOS.length, { duplicate: 1 }]);
});

it('stops the run when the very query is refused, and only then', async () => {
  const refused = { kind: 'refused' as const, code: 'invalid_params', message: 'no such field' };
  await expect(collect(scriptedApi(() => [], { fault: () => refused }))).rejects.toThrow(
    'TikTok refuses the query (invalid_params): no such field',
  );
  const later: Fault = (_request, body) => (body.end_date === '20221122' ? refused : null);
  const { coverage } = await collect(
    scriptedApi(() => VIDEOS, { fault: later }),
    {},
    { ...PERIOD, to: '2022-11-22' },
  );
  expect(coverage.partial).toEqual({ invalid_params: 1 });
});

it('says which days were not asked for when the run may ask no more, and asks for them alone the next time', async () => {
  const api = scriptedApi(() => VIDEOS);
  const first = await collect(api, { maxRequests: 2 });
  expect(first.coverage).toMatchObject({ complete: 1, not_asked: { max_requests: 6 } });
  const second = await collect(api, { earlier: { coverage: first.coverage, kept: keptRows(first) } });
  expect([...first.rows.keys(), ...second.rows.keys()].toSorted()).toEqual(idsOf(VIDEOS));
  expect(second.coverage).toEqual(WHOLE);
  const third = await collect(api, { earlier: { coverage: second.coverage } });
  expect([third.requests, third.coverage]).toEqual([[], WHOLE]);
});

describe.each([true, false])('a run that may ask no more, end_date included: %s', (endIncluded) => {
  type Earlier = NonNullable<Parameters<typeof toolsFor>[1]>['earlier'];

  /** Runs until all is there, each with what the engine keeps of the one before. */
  async function inRuns(
    api: ReturnType<typeof scriptedApi>,
    period: typeof PERIOD,
    maxRequests: readonly number[],
  ): Promise<{ readonly cuts: number; readonly coverage: Coverage; readonly ids: readonly string[] }> {
    const units = new Set<string>();
    let journal = new Map<string, CollectReply>();
    let earlier: Earlier = {};
    for (let run = 0; ; run += 1) {
      const bench = toolsFor(api, { maxRequests: maxRequests[run % maxRequests.length]!, earlier }, journal);
      const collection = await collected(collectVideos(period, bench.tools, 2));
      const { coverage } = collection;
      const kept: readonly EarlierRow[] = [
        ...new Map([...(earlier.kept ?? []), ...keptRows(collection)].map((row) => [row.id, row])).values(),
      ];
      if (coverage.complete === daysOf(period.from, period.to).length)
        return { cuts: run, coverage, ids: kept.map(({ id }) => id).toSorted() };
      const open = bench.requests.filter(({ unit }) => !bench.completed.includes(unit));
      journal = new Map(open.map((request) => JSON.stringify(request)).map((key) => [key, journal.get(key)!]));
      for (const unit of bench.completed) units.add(unit);
      earlier = { coverage, kept, completeUnits: async () => units };
    }
  }

  it.each([[[60]], [[7, 23, 2, 100]]])(
    'costs a request a cut: %j requests a run',
    { timeout: 30_000 },
    async (maxRequests) => {
      const videos = videosOf('2022-11-20', peruCounts());
      const api = scriptedApi(() => videos, { endIncluded });
      const { cuts, ids } = await inRuns(api, { ...PERIOD, to: '2023-03-01' }, maxRequests);
      expect(ids).toEqual(idsOf(videos));
      expect(cuts).toBeGreaterThan(4);
      expect(api.asked).toBeLessThanOrEqual(1.05 * 437 + cuts);
    },
  );

  it('comes to its end with one request a run', async () => {
    const api = scriptedApi(() => VIDEOS, { endIncluded });
    const { cuts, ids } = await inRuns(api, PERIOD, [1]);
    expect(ids).toEqual(idsOf(VIDEOS));
    expect(cuts).toBeLessThanOrEqual(20);
  });

  it('goes on with a window as long as the days before allow', async () => {
    const api = scriptedApi(() => [], { endIncluded });
    const { cuts } = await inRuns(api, { ...PERIOD, to: '2023-03-01' }, [3]);
    expect(cuts).toBeLessThanOrEqual(3);
  });

  it('goes on in the day that it was cut in, when the window around it fails', async () => {
    const days = { ...PERIOD, from: '2022-11-20', to: '2022-11-27' };
    const videos = videosOf('2022-11-20', [50, 450, 450, 450, 450, 450, 450, 450]);
    const fault: Fault = (_request, body) =>
      body.start_date <= '20221124' && body.end_date >= '20221124' && asleep ? failed('html') : null;
    let asleep = true;
    const api = scriptedApi(() => videos, { endIncluded: true, fault });
    const first = toolsFor(api, { maxRequests: 5 });
    const cut = await collected(collectVideos(days, first.tools, 2));
    expect(cut.coverage.days).toEqual([
      { from: '2022-11-20', to: '2022-11-20', status: 'complete' },
      { from: '2022-11-21', to: '2022-11-21', status: 'partial', why: 'max_requests' },
      { from: '2022-11-22', to: '2022-11-24', status: 'partial', why: 'server_error' },
      { from: '2022-11-25', to: '2022-11-27', status: 'not_asked', why: 'max_requests' },
    ]);
    asleep = false;
    const next = toolsFor(api, { earlier: { coverage: cut.coverage, kept: keptRows(cut) } }, first.journal);
    const before = api.asked;
    const rest = await collected(collectVideos(days, next.tools, 2));
    expect(
      [...cut.rows.keys(), ...rest.rows.keys()].filter((id, at, all) => all.indexOf(id) === at).toSorted(),
    ).toEqual(idsOf(videos));
    expect(next.requests.slice(0, 3).map(({ unit, page }) => [unit, page])).toEqual(
      [0, 1, 2].map((page) => ['2022-11-21/2022-11-21', page]),
    );
    expect(api.asked - before).toBeLessThanOrEqual(Math.ceil((7 * 450 - 300) / 100) + 2);
  });

  it('goes first where it was cut, and leaves what it does not come to as it was', async () => {
    const earlier: Coverage = {
      of: 'day',
      complete: 0,
      partial: {},
      not_asked: {},
      days: [
        { from: '2022-11-20', to: '2022-11-20', status: 'partial', why: 'server_error' },
        { from: '2022-11-21', to: '2022-11-23', status: 'partial', why: 'max_requests' },
        { from: '2022-11-24', to: '2022-11-26', status: 'not_asked', why: 'max_requests' },
      ],
    };
    const { requests, coverage } = await collect(
      scriptedApi(() => VIDEOS, { endIncluded }),
      {
        maxRequests: 3,
        earlier: { coverage: earlier },
      },
    );
    expect(new Set(requests.map(({ unit }) => unit))).toEqual(new Set(['2022-11-21/2022-11-23']));
    expect(coverage.days![0]).toEqual(earlier.days![0]);
  });
});

it('calls a day partial that was asked for in part alone', async () => {
  // The first day has two pages; of the second day nothing came as the end of a window, and it can't be asked for again.
  const inMiddle = await collect(
    scriptedApi(() => VIDEOS),
    { maxRequests: 1 },
  );
  expect(inMiddle.coverage).toMatchObject({
    complete: 0,
    partial: { max_requests: 1 },
    not_asked: { max_requests: 6 },
  });
  const empty = await collect(
    scriptedApi(() => []),
    { maxRequests: 2 },
  );
  expect(empty.coverage).toMatchObject({ complete: 3, partial: { max_requests: 1 }, not_asked: { max_requests: 3 } });
});

it('takes the last two days for partial, and asks for no day to come', async () => {
  const videos = videosOf('2026-11-20', [5, 5, 5, 5, 5, 5]);
  const { coverage, requests } = await collect(
    scriptedApi(() => videos),
    {},
    { ...PERIOD, from: '2026-11-20', to: '2026-11-27' },
  );
  expect(coverage.days).toEqual([
    { from: '2026-11-20', to: '2026-11-22', status: 'complete' },
    { from: '2026-11-23', to: '2026-11-25', status: 'partial', why: 'recent' },
    { from: '2026-11-26', to: '2026-11-27', status: 'not_asked', why: 'future' },
  ]);
  expect(requests.map(({ body }) => String(JSON.parse(body).end_date)).filter((day) => day > '20261125')).toEqual([]);
});

describe('asked again', () => {
  const [gone, hidden, moved] = [VIDEOS[0]!, VIDEOS[140]!, VIDEOS[400]!];
  const before = () => collect(scriptedApi(() => VIDEOS));
  const without = (...ids: readonly { readonly id: string }[]) => VIDEOS.filter((video) => !ids.includes(video));

  it('flags a video that is not there when it is asked for by its id, with its earlier values', async () => {
    const earlier = await before();
    const { rows, coverage } = await collect(
      scriptedApi(() => without(gone)),
      {
        refresh: true,
        startedAtMs: NOW + 1e9,
        earlier: { coverage: earlier.coverage, kept: keptRows(earlier) },
      },
    );
    expect(coverage).toEqual(WHOLE);
    expect(rows.size).toBe(VIDEOS.length);
    const { observed_at, deleted_at } = rows.get(gone.id)!.values;
    expect(observed_at).toBe(earlier.rows.get(gone.id)!.values['observed_at']);
    expect(typeof deleted_at).toBe('bigint');
    expect([...rows.values()].filter(({ values }) => values['deleted_at'] !== null)).toHaveLength(1);
  });

  it('withdraws it where the declaration says so', async () => {
    const earlier = await before();
    const { withdrawn, rows } = await collect(
      scriptedApi(() => without(gone)),
      {
        refresh: true,
        onDeleted: 'withdraw',
        earlier: { coverage: earlier.coverage, kept: keptRows(earlier) },
      },
    );
    expect(withdrawn).toEqual([gone.id]);
    expect(rows.size).toBe(VIDEOS.length - 1);
  });

  it('takes neither a failed confirmation, nor a failed day, nor a video that only the query misses for a deletion', async () => {
    const earlier = await before();
    const kept = keptRows(earlier);
    const isConfirmation: Fault = ({ unit }) => (unit.startsWith('missing') ? failed('internal_error') : null);
    const unsure = await collect(
      scriptedApi(() => without(gone), { fault: isConfirmation }),
      {
        refresh: true,
        onDeleted: 'withdraw',
        earlier: { coverage: earlier.coverage, kept },
      },
    );
    expect([unsure.withdrawn, unsure.rows.has(gone.id)]).toEqual([[], false]);

    const failedDay: Fault = (_request, body) =>
      body.start_date <= '20221122' && body.end_date >= '20221122' ? failed('html') : null;
    const partial = await collect(
      scriptedApi(() => without(hidden), { fault: failedDay }),
      {
        refresh: true,
        onDeleted: 'withdraw',
        earlier: { coverage: earlier.coverage, kept },
      },
    );
    expect([partial.withdrawn, partial.coverage.days]).toEqual([
      [],
      [
        { from: '2022-11-20', to: '2022-11-21', status: 'complete' },
        { from: '2022-11-22', to: '2022-11-22', status: 'partial', why: 'not_refreshed' },
        { from: '2022-11-23', to: '2022-11-26', status: 'complete' },
      ],
    ]);

    const elsewhere: Fault = (request, body, nth) => {
      if (request.unit.startsWith('missing')) return null;
      const reply = scriptedApi(() => without(moved)).answer(request);
      return { ...reply, request: `r${nth}` };
    };
    const found = await collect(
      scriptedApi(() => VIDEOS, { fault: elsewhere }),
      {
        refresh: true,
        onDeleted: 'withdraw',
        earlier: { coverage: earlier.coverage, kept },
      },
    );
    expect([found.withdrawn, found.rows.has(moved.id)]).toEqual([[], true]);
  });

  it('asks again for a day that failed then, alone, and finds what is gone of it', async () => {
    const earlier = await before();
    const kept = keptRows(earlier);
    let broken = true;
    const failedDay: Fault = (_request, body) =>
      broken && body.start_date <= '20221122' && body.end_date >= '20221122' ? failed('html') : null;
    const [lost] = VIDEOS.filter(({ second }) => second >= Date.UTC(2022, 10, 22) / 1000);
    const api = scriptedApi(() => without(lost!), { fault: failedDay });
    const refreshed = await collect(api, { refresh: true, earlier: { coverage: earlier.coverage, kept } });
    const again = { earlier: { coverage: refreshed.coverage, kept } };
    const still = await collect(api, again);
    expect([still.coverage, still.requests.length]).toEqual([refreshed.coverage, 1]);
    broken = false;
    const mended = await collect(api, again);
    expect(mended.coverage).toEqual(WHOLE);
    expect(mended.requests.map(({ unit }) => unit).filter((unit) => !unit.startsWith('missing'))).toEqual([
      '2022-11-22/2022-11-22',
      '2022-11-22/2022-11-22',
      '2022-11-22/2022-11-22',
    ]);
    expect(typeof mended.rows.get(lost!.id)!.values['deleted_at']).toBe('bigint');
  });

  it('goes on without --refresh where --max-requests ended it', async () => {
    const earlier = await before();
    const kept = keptRows(earlier);
    const api = scriptedApi(() => VIDEOS);
    const cut = await collect(api, { refresh: true, maxRequests: 3, earlier: { coverage: earlier.coverage, kept } });
    expect(cut.coverage).toMatchObject({ complete: 1, partial: { not_refreshed: 6 }, not_asked: {} });
    const { coverage, rows } = await collect(api, { earlier: { coverage: cut.coverage, kept } });
    expect(coverage).toEqual(WHOLE);
    expect(rows.has(VIDEOS[0]!.id)).toBe(false);
  });
});
