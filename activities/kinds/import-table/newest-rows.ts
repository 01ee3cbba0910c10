import { TIMES_SEEN } from './map-rows.ts';
import type { RawRow } from './raw-value.ts';
import { rowId } from './row-id.ts';
import type { TableProblems } from './table-problems.ts';

interface Sight {
  /** Which of all rows it is. */
  order: number;
  observedAt: bigint;
  times: bigint;
}

/**
 * One row for each id: of several the one with the latest `observed_at`, and the last of those, with their number in
 * `times_seen`. Reads twice, and holds between the readings some 200 bytes for each id: not the rows, which may be large.
 */
export async function* newestRows(
  read: () => AsyncIterable<RawRow>,
  id: string,
  problems: TableProblems,
  signal: AbortSignal,
): AsyncIterable<RawRow> {
  const sights = new Map<string, Sight>();
  let order = 0;
  for await (const row of read()) {
    signal.throwIfAborted();
    order += 1;
    const key = rowId(row, id, problems);
    if (key === null) continue;
    const observedAt = observedAtOf(row);
    const sight = sights.get(key);
    if (!sight) sights.set(key, { order, observedAt, times: 1n });
    else {
      sight.times += 1n;
      if (observedAt >= sight.observedAt) Object.assign(sight, { order, observedAt });
    }
  }
  problems.throwIfAny();
  order = 0;
  for await (const row of read()) {
    order += 1;
    const key = rowId(row, id, problems);
    const sight = key === null ? undefined : sights.get(key);
    if (sight?.order === order) yield { place: row.place, values: { ...row.values, [TIMES_SEEN]: sight.times } };
  }
}

const observedAtOf = ({ values }: RawRow): bigint =>
  typeof values['observed_at'] === 'bigint' ? values['observed_at'] : -1n;
