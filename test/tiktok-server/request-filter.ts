import type { UtcDay } from './utc-day.ts';

/** The path below `/v2/research/`, or below `/v2/`. */
export type Endpoint = 'oauth/token' | 'video/query' | 'video/comment/list' | 'user/info';

/** What the log knows of a request that passed every check. */
export interface RequestFacts {
  readonly endpoint: Endpoint;
  readonly fields: readonly string[];
  readonly startDate: UtcDay | null;
  readonly endDate: UtcDay | null;
  readonly videoId: string | null;
  readonly username: string | null;
  readonly cursor: number | null;
  readonly searchId: string | null;
  /** Cursor by `max_count`: 0 for the first. */
  readonly page: number | null;
}

/** What filters know of it. */
export interface FilteredRequest extends RequestFacts {
  readonly body: string;
}

/** Which requests a fault is about: all, unless it says otherwise. Can be sent as JSON. */
export interface RequestFilter {
  readonly endpoint?: Endpoint;
  readonly page?: number;
  /** True: any page but the first. */
  readonly later?: boolean;
  /** Windows that hold at least one of these UTC days, both included: `['20230110', '20230112']`. */
  readonly days?: readonly [UtcDay, UtcDay];
  /** The exact window. */
  readonly window?: readonly [UtcDay, UtcDay];
  readonly videoId?: string;
  readonly username?: string;
  /** A piece of the body. */
  readonly containing?: string;
}

export function matches(filter: RequestFilter, facts: FilteredRequest): boolean {
  const { startDate, endDate } = facts;
  return (
    (filter.endpoint === undefined || filter.endpoint === facts.endpoint) &&
    (filter.page === undefined || filter.page === facts.page) &&
    (filter.later === undefined || filter.later === (facts.page ?? 0) > 0) &&
    (filter.window === undefined || (filter.window[0] === startDate && filter.window[1] === endDate)) &&
    (filter.days === undefined ||
      (startDate !== null && endDate !== null && startDate <= filter.days[1] && endDate >= filter.days[0])) &&
    (filter.videoId === undefined || filter.videoId === facts.videoId) &&
    (filter.username === undefined || filter.username === facts.username) &&
    (filter.containing === undefined || facts.body.includes(filter.containing))
  );
}
