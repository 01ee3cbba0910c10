import type { ServedRequest } from './served-request.ts';

/** Which requests a rule is about: all, unless it says otherwise. Can be sent as JSON except for `when`. */
export interface RequestFilter {
  /** As `ServedRequest` has it: `/v1/batches/{id}` for each of them. */
  readonly path?: string;
  readonly method?: string;
  /** True: lines of batches only. False: none of them. */
  readonly batch?: boolean;
  readonly model?: string;
  /** A piece of what the request says (the texts of its messages, its prompt, its inputs). */
  readonly containing?: string;
  readonly when?: (request: ServedRequest) => boolean;
}

export const matches = (filter: RequestFilter, request: ServedRequest): boolean =>
  (filter.path === undefined || filter.path === request.path) &&
  (filter.method === undefined || filter.method === request.method) &&
  (filter.batch === undefined || filter.batch === (request.batch !== undefined)) &&
  (filter.model === undefined || filter.model === request.model) &&
  (filter.containing === undefined || request.text.includes(filter.containing)) &&
  (filter.when === undefined || filter.when(request));
