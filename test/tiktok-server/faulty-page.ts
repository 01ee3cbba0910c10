import type { Fault } from './fault.ts';
import type { VideoQuery } from './video-query.ts';
import { videoFields, type VideoRow } from './video-row.ts';
import type { Video } from './video.ts';

/**
 * Moves what a search holds, for good: the same page asked for again is the same, and no video is lost, since what a
 * page lacks comes on a later one.
 */
export function alterPlaces(places: (Video | null)[], fault: Fault, { cursor, maxCount }: VideoQuery): void {
  const gaps = (count: number): null[] => Array.from({ length: count }, () => null);
  const first = places[cursor];
  if (fault.kind === 'empty_page') places.splice(cursor, 0, ...gaps(maxCount));
  if (fault.kind === 'short_page' && places.length > cursor + fault.rows)
    places.splice(cursor + fault.rows, 0, ...gaps(maxCount - fault.rows));
  if (fault.kind === 'duplicate' && first)
    places.splice(fault.on === 'page' ? cursor + 1 : Math.min(cursor + maxCount, places.length), 0, first);
}

/** Alters rows of one reply only. */
export function alterRows(rows: VideoRow[], fault: Fault): void {
  const [first] = rows;
  if (first === undefined) return;
  const { id, username, create_time: createTime } = first;
  if (fault.kind === 'corrupt_id' && typeof id === 'bigint')
    first['id'] = fault.how === 'rounded' ? BigInt(Number(id)) : id - (31_557_600n << 32n);
  if (fault.kind === 'wrong_time' && typeof createTime === 'number') first['create_time'] = createTime + fault.byS;
  if (fault.kind === 'nul_username' && typeof username === 'string')
    first['username'] = `${username.slice(0, 4)}\u0000${username.slice(4)}`;
  for (const row of rows) {
    if (fault.kind === 'without_fields') for (const field of fault.fields) delete row[field];
    if (fault.kind === 'other_structs') for (const field of structFields) turnRound(row, field);
  }
}

const structFields = videoFields.filter((field) => /_info_list$|^video_(label|tag)$/.test(field));

function turnRound(row: VideoRow, field: string): void {
  const value = row[field];
  if (value !== undefined) row[field] = Array.isArray(value) ? value[0] : [value];
}
