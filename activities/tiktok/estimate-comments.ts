import type { CollectEstimate, EarlierCollection } from '../collect/collect-tools.ts';
import { videoRow } from './collect-comments.ts';
import { earlierRows } from './item-ledger.ts';

/** A video has no comment or a thousand: a request each, or ten. */
export async function estimateComments(
  videoIds: readonly string[],
  earlier: EarlierCollection,
  refresh: boolean,
): Promise<CollectEstimate> {
  const ids = [...new Set(videoIds)];
  const marks = await earlierRows({ earlier }, new Set(ids.map(videoRow)));
  const done = await earlier.completeUnits();
  const { length } = ids.filter((id) => refresh || !(done.has(id) || marks.has(videoRow(id))));
  return { requests: { low: length, high: length * 10 }, rows: { low: 0, high: length * 1000 } };
}
