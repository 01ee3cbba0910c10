import type { CellValue } from '../../datasets/column-type.ts';
import type { Collected, CollectTools } from '../collect/collect-tools.ts';
import type { FieldType } from '../kinds/import-table/field-type.ts';
import { askForIds, batchName, type DatedId, idBatches } from './ask-for-ids.ts';
import type { PagesEnd, Rounds } from './read-pages.ts';
import type { UtcDay } from './utc-day.ts';

export interface MissingVideo extends DatedId {
  readonly values: { readonly [column: string]: CellValue };
}

/**
 * Earlier videos that a complete answer doesn't have any more are asked for by their ids. One that comes is observed anew;
 * only one that is absent from a complete answer is taken for deleted.
 */
export async function* confirmMissing(
  tools: CollectTools,
  missing: readonly MissingVideo[],
  types: ReadonlyMap<string, FieldType>,
  today: UtcDay,
  rounds: Rounds,
): AsyncGenerator<Collected, void> {
  for (const batch of idBatches(missing)) {
    const absent = new Map(batch.map((video) => [video.id, video]));
    const unit = `missing ${batchName(batch)}`;
    const pages = askForIds(tools, { unit, batch, types, today, narrow: true }, rounds);
    let last = { request: '', observedAt: 0n };
    let end: PagesEnd | null = null;
    while (end === null) {
      const { done, value } = await pages.next();
      if (done) end = value;
      else {
        last = value;
        for (const { id, values, request } of value.videos)
          if (absent.delete(id)) yield { kind: 'row', id, values, request };
          else value.note('not_asked_for');
      }
    }
    if (end.kind === 'stopped') return;
    if (end.kind !== 'end') continue;
    tools.complete(unit);
    for (const video of absent.values()) yield deleted(tools, video, last);
  }
}

/** What becomes of a row whose video the API has no more: it is as it was last observed, with the time at which it was gone. */
export function deleted(
  { onDeleted }: Pick<CollectTools, 'onDeleted'>,
  { id, values }: Pick<MissingVideo, 'id' | 'values'>,
  { request, observedAt }: { readonly request: string; readonly observedAt: bigint },
): Collected {
  if (onDeleted === 'withdraw') return { kind: 'withdrawn', id };
  return { kind: 'row', id, values: { ...values, deleted_at: observedAt }, request };
}
