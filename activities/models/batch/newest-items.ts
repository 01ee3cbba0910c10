import { z } from 'zod';
import type { Endpoint } from '../client-pool.ts';
import { atProvider, unavailable } from './batch-error.ts';

const PAGE = 100;
// Clocks differ, and the provider counts in seconds.
const SLACK_MS = 10 * 60_000;
const LOOK_MS = 60_000;

const item = z.looseObject({ id: z.string(), created_at: z.number() });
const page = z.object({ data: z.array(item), has_more: z.boolean().nullish() });

export type ListedItem = z.infer<typeof item>;

/**
 * Batches or files made since a moment, newest first. Read here and not with the SDK's pages, for which a proxy's HTML is
 * an empty list: whoever takes "not listed" for "not sent" would then pay twice.
 */
export async function* newestItems(
  endpoint: Endpoint,
  list: { readonly path: '/batches' | '/files'; readonly query?: Readonly<Record<string, string>> },
  createdAfterMs: number,
  signal: AbortSignal,
): AsyncGenerator<ListedItem> {
  const seen = new Set<string>();
  for (let after: string | undefined; ;) {
    const query = { ...list.query, limit: PAGE, ...(after !== undefined && { after }) };
    const { data, has_more: more } = await atProvider(endpoint, signal, async () => {
      const sent: unknown = await endpoint.client.get(list.path, { query, signal, maxRetries: 0, timeout: LOOK_MS });
      const read = page.safeParse(sent);
      if (!read.success) throw unavailable(endpoint, `something that is no list of ${list.path.slice(1)}`);
      return read.data;
    });
    const fresh = data.filter(({ id }) => !seen.has(id));
    for (const each of fresh) seen.add(each.id);
    yield* fresh;
    const last = data.at(-1);
    // The order is known from practice and promised by nobody: a page with one newer item may be followed by others.
    const older = data.every(({ created_at: seconds }) => seconds * 1000 < createdAfterMs - SLACK_MS);
    if (last === undefined || fresh.length === 0 || older || !(more ?? data.length >= PAGE)) return;
    after = last.id;
  }
}
