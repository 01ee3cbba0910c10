import { invalidParams } from './api-error.ts';
import { readConditions, type QueryConditions } from './condition.ts';
import { optionalString, readPaging, refuseUnknown, required, shown } from './parameter.ts';
import { dayMs, startOfDay, type UtcDay } from './utc-day.ts';

/** A body of `video/query` that passed every check. */
export interface VideoQuery {
  readonly query: QueryConditions;
  readonly startDate: UtcDay;
  readonly endDate: UtcDay;
  readonly maxCount: number;
  readonly cursor: number;
  /** An empty string is none, as a first request may have it. */
  readonly searchId: string | undefined;
  readonly isRandom: boolean;
}

const members = ['query', 'start_date', 'end_date', 'max_count', 'cursor', 'search_id', 'is_random'] as const;

export function readVideoQuery(body: Record<string, unknown>): VideoQuery {
  refuseUnknown(body, members, 'the request body');
  const query = readConditions(required(body['query'], 'query'));
  const startDate = required(optionalString(body, 'start_date'), 'start_date');
  const endDate = required(optionalString(body, 'end_date'), 'end_date');
  checkDates(startDate, endDate);
  const isRandom = body['is_random'] ?? false;
  if (typeof isRandom !== 'boolean') throw invalidParams(`is_random must be true or false, got ${shown(isRandom)}`);
  const searchId = optionalString(body, 'search_id');
  return {
    query,
    startDate,
    endDate,
    ...readPaging(body, 20),
    searchId: searchId === '' ? undefined : searchId,
    isRandom,
  };
}

function checkDates(start: UtcDay, end: UtcDay): void {
  const startMs = startOfDay(start);
  const endMs = startOfDay(end);
  if (startMs === null) throw invalidParams(`start_date must be a date YYYYMMDD, got ${shown(start)}`);
  if (endMs === null) throw invalidParams(`end_date must be a date YYYYMMDD, got ${shown(end)}`);
  if (endMs < startMs) throw invalidParams(`end_date ${end} is before start_date ${start}`);
  if (endMs - startMs > 30 * dayMs)
    throw invalidParams(`end_date ${end} is more than 30 days after start_date ${start}`);
}

/** What a search belongs to: everything but where in it a request is. */
export const searchKey = ({ query, startDate, endDate, isRandom }: VideoQuery): string =>
  JSON.stringify([query.and ?? [], query.or ?? [], query.not ?? [], startDate, endDate, isRandom]);
