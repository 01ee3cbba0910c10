import { invalidRequest } from '../openai-error.ts';

export interface ListPage<T> {
  readonly object: 'list';
  readonly data: T[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** One page of a list as `after` and `limit` ask for it. */
export function listPage<T extends { readonly id: string }>(
  all: readonly T[],
  query: URLSearchParams,
  limits: { readonly usual: number; readonly most: number },
): ListPage<T> {
  const limit = query.has('limit') ? Number(query.get('limit')) : limits.usual;
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.most) {
    throw invalidRequest(
      `Invalid 'limit': expected an integer from 1 to ${limits.most}, but got ${query.get('limit')}.`,
      'limit',
      'invalid_value',
    );
  }
  const after = query.get('after');
  const place = after === null ? -1 : all.findIndex(({ id }) => id === after);
  if (after !== null && place < 0) throw invalidRequest(`No object found with id '${after}'.`, 'after');
  const data = all.slice(place + 1, place + 1 + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: place + 1 + limit < all.length,
  };
}
