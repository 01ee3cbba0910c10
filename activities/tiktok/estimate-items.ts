import type { CollectEstimate, EarlierCollection } from '../collect/collect-tools.ts';
import { earlierRows } from './item-ledger.ts';

interface Requests {
  readonly low: number;
  readonly high: number | null;
}

/** What the items will take that have no row yet; `requestsFor` says how many requests those are. */
export async function estimateItems(
  items: readonly string[],
  earlier: EarlierCollection,
  refresh: boolean,
  requestsFor: (asked: readonly string[]) => Requests,
): Promise<CollectEstimate> {
  const rows = await earlierRows({ earlier }, new Set(items));
  const asked = [...new Set(items)].filter((item) => refresh || !rows.has(item));
  return { requests: requestsFor(asked), rows: { low: asked.length, high: asked.length } };
}
