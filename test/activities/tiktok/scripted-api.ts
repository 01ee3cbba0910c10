import type { JsonObject } from '../../../activities/collect/api-json.ts';
import type {
  Collected,
  CollectReply,
  CollectRequest,
  CollectTools,
  EarlierCollection,
  EarlierRow,
} from '../../../activities/collect/collect-tools.ts';
import { parseApiJson } from '../../../activities/tiktok/parse-api-json.ts';
import { daysOf, startMs } from '../../../activities/tiktok/utc-day.ts';
import type { Coverage } from '../../../datasets/coverage.ts';

export const NOW = Date.UTC(2026, 10, 25, 12);

export interface FakeVideo {
  readonly id: string;
  readonly second: number;
  readonly more?: JsonObject;
}

/** So many videos a day, from a day on: their ids hold their times, as TikTok's do. */
export function videosOf(from: string, counts: readonly number[]): FakeVideo[] {
  const first = startMs(from) / 1000;
  return counts.flatMap((count, day) =>
    Array.from({ length: count }, (_, index) => {
      const second = first + day * 86_400 + Math.floor((index * 86_399) / Math.max(1, count));
      return { id: String((BigInt(second) << 32n) + BigInt(index)), second };
    }),
  );
}

export const idsOf = (videos: readonly { readonly id: string }[]) => videos.map(({ id }) => id).toSorted();

/** The body of a search as it is sent. */
export type SearchBody = {
  readonly query: { readonly and?: readonly JsonObject[] };
  readonly start_date: string;
  readonly end_date: string;
  readonly cursor?: bigint;
};
export type Fault = (request: CollectRequest, body: SearchBody, nth: number) => Partial<CollectReply> | null;
export const failed = (code: string): Partial<CollectReply> => ({ kind: 'failed', code, message: code });

/** What the Research API would answer, without HTTP: pages by cursor, newest first. */
export function scriptedApi(
  videos: () => readonly FakeVideo[],
  { endIncluded = true, fault = () => null }: { readonly endIncluded?: boolean; readonly fault?: Fault } = {},
) {
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    answer(request: CollectRequest): CollectReply {
      asked += 1;
      const body = parseApiJson(request.body) as SearchBody;
      const common = { request: `r${asked}`, answeredAtMs: NOW + asked * 1000 };
      const other = fault(request, body, asked);
      if (other) return { ...common, ...other } as CollectReply;
      const start = Date.parse(dashed(body.start_date)) / 1000;
      const end = Date.parse(dashed(body.end_date)) / 1000 + (endIncluded ? 86_400 : 0);
      const [condition] = body.query.and ?? [];
      const ids = condition?.['field_name'] === 'video_id' ? (condition['field_values'] as string[]) : null;
      const found = videos()
        .filter(({ id, second }) => second >= start && second < end && (ids === null || ids.includes(id)))
        // Ids of one time have as many digits: they sort as texts.
        .toSorted((a, b) => (a.id < b.id ? 1 : -1));
      const cursor = Number(body.cursor ?? 0n);
      const page = found.slice(cursor, cursor + 100);
      return {
        kind: 'ok',
        ...common,
        data: {
          videos: page.map(({ id, second, more }) => ({ id: BigInt(id), create_time: BigInt(second), ...more })),
          cursor: BigInt(cursor + 100),
          has_more: cursor + 100 < found.length,
          search_id: '7378809778820092971',
        },
      };
    },
  };
}

const dashed = (day: string) => day.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');

interface Run {
  readonly refresh?: boolean;
  readonly onDeleted?: 'flag' | 'withdraw';
  readonly askAgain?: readonly string[];
  readonly earlier?: Partial<EarlierCollection> & { readonly kept?: readonly EarlierRow[] };
  readonly seeds?: readonly string[];
  readonly startedAtMs?: number;
  /** The run may ask no more. */
  readonly maxRequests?: number;
}

/** Tools that keep each reply, as the engine's journal does; another run with the same `journal` asks only what is new. */
export function toolsFor(
  api: { answer(request: CollectRequest): CollectReply },
  run: Run = {},
  journal = new Map<string, CollectReply>(),
) {
  const notes: Record<string, number> = {};
  const completed: string[] = [];
  const requests: CollectRequest[] = [];
  const places = new Set<string>();
  let sent = 0;
  const tools: CollectTools = {
    tuning: {},
    signal: new AbortController().signal,
    startedAtMs: run.startedAtMs ?? NOW,
    refresh: run.refresh ?? false,
    onDeleted: run.onDeleted ?? 'flag',
    askAgain: run.askAgain ?? [],
    earlier: {
      coverage: run.earlier?.coverage ?? null,
      async *rows() {
        yield* run.earlier?.kept ?? [];
      },
      completeUnits: async () => run.earlier?.completeUnits?.() ?? new Set<string>(),
      answeredAt: async () => run.earlier?.answeredAt?.() ?? new Map<string, bigint>(),
    },
    seeds: async () => run.seeds ?? [],
    async ask(request) {
      const place = `${request.unit} ${request.round} ${request.page}`;
      if (places.has(place)) throw new Error(`${place} was asked for twice`);
      places.add(place);
      const key = JSON.stringify(request);
      const known = journal.get(key);
      if (!known && run.maxRequests !== undefined && sent >= run.maxRequests)
        return { kind: 'stopped', why: 'max_requests' };
      if (!known) sent += 1;
      requests.push(request);
      const reply = known ?? api.answer(request);
      journal.set(key, reply);
      return reply;
    },
    complete: (unit) => void completed.push(unit),
    abandon: () => {},
    note: (_request, what, count = 1) => void (notes[what] = (notes[what] ?? 0) + count),
  };
  return { tools, notes, completed, requests, journal };
}

export interface Collection {
  readonly rows: ReadonlyMap<string, Extract<Collected, { kind: 'row' }>>;
  readonly withdrawn: readonly string[];
  readonly yielded: number;
  readonly coverage: Coverage;
}

/** Takes all rows, a later one of an id in place of an earlier one. */
export async function collected(generator: AsyncGenerator<Collected, Coverage>): Promise<Collection> {
  const rows = new Map<string, Extract<Collected, { kind: 'row' }>>();
  const withdrawn: string[] = [];
  let yielded = 0;
  for (;;) {
    const { done, value } = await generator.next();
    if (done) return { rows, withdrawn, yielded, coverage: value };
    yielded += 1;
    if (value.kind === 'row') rows.set(value.id, value);
    else withdrawn.push(value.id);
  }
}

/** The rows as a later version finds them. */
export const keptRows = ({ rows }: Collection): EarlierRow[] =>
  [...rows.values()].map(({ id, values, failure }) => ({
    id,
    values,
    status: failure?.status ?? 'ok',
    errorCode: failure?.code ?? null,
  }));

/** The original collection: 43,697 videos in 102 days, and no two days alike. */
export function peruCounts(): number[] {
  const weights = daysOf('2022-11-20', '2023-03-01').map(
    (_, day) => 1 + ((day * 7919) % 13) + (day >= 17 && day <= 30 ? 60 : 0) + (day % 29 === 0 ? -0.9 : 0),
  );
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map((weight) => Math.floor((weight * 43_697) / all));
  counts[20]! += 43_697 - counts.reduce((sum, count) => sum + count, 0);
  return counts;
}
