import type { Fault } from './fault.ts';
import type { LoggedRequest } from './request-log.ts';
import type { RequestFacts } from './request-filter.ts';

/** One request as it came. */
export interface Received {
  readonly body: string;
  readonly contentType: string | undefined;
  readonly query: URLSearchParams;
}

/** A request that passed every check of its endpoint. */
export interface ServedRequest {
  readonly facts: RequestFacts;
  /** The JSON of the answer; throws an `ApiError` for what only shows then. Notes in the entry what it gives. */
  answer(fault: Fault | null, entry: LoggedRequest): object;
}

export const factsOf = (facts: Pick<RequestFacts, 'endpoint'> & Partial<RequestFacts>): RequestFacts => ({
  fields: [],
  startDate: null,
  endDate: null,
  videoId: null,
  username: null,
  cursor: null,
  searchId: null,
  page: null,
  ...facts,
});

/** `{ data, error }`, as every research endpoint answers. */
export const okReply = (data: object, { logId }: LoggedRequest): object => ({
  data,
  error: { code: 'ok', message: '', log_id: logId },
});
