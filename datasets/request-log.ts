import { int32, int64, list, struct, text, bool, type Columns } from './column-type.ts';
import { compareIds } from './compare-ids.ts';
import type { RowReader, SqlRow } from './parquet/database.ts';
import { readParquet } from './parquet/read-parquet.ts';
import { writeParquet } from './parquet/write-parquet.ts';

/** One request that was sent to an API for rows, and what came of it. Times are epoch milliseconds. */
export interface LoggedRequest {
  /** Names it for good: rows say by it where they came from. */
  readonly request: string;
  readonly run: string;
  /** Digest of what is asked for, without how far. */
  readonly query: string;
  /** Such as a window of days, or the id of a video. */
  readonly unit: string;
  readonly round: number;
  readonly page: number;
  /** Which try this was, from 1. */
  readonly attempt: number;
  readonly endpoint: string;
  readonly cursor: bigint | null;
  readonly search_id: string | null;
  readonly max_count: number | null;
  /** Of HTTP; null when there was no reply. */
  readonly status: number | null;
  /** `ok`, or the word of the API for what was wrong. */
  readonly code: string;
  readonly message: string | null;
  readonly log_id: string | null;
  /** Rows in the reply. */
  readonly returned: number | null;
  readonly has_more: boolean | null;
  readonly next_cursor: bigint | null;
  readonly asked_at: bigint;
  readonly answered_at: bigint;
  /** Digest of the reply as it came. */
  readonly reply: string | null;
  /** With this reply its unit was asked to the end. */
  readonly completes: boolean;
  readonly notes: readonly { readonly what: string; readonly count: number }[];
}

export const REQUEST_LOG = {
  request: text(),
  run: text(),
  query: text(),
  unit: text(),
  round: int32(),
  page: int32(),
  attempt: int32(),
  endpoint: text(),
  cursor: int64(),
  search_id: text(),
  max_count: int32(),
  status: int32(),
  code: text(),
  message: text(),
  log_id: text(),
  returned: int32(),
  has_more: bool(),
  next_cursor: int64(),
  asked_at: int64(),
  answered_at: int64(),
  reply: text(),
  completes: bool(),
  notes: list(struct({ what: text(), count: int32() })),
} satisfies Columns;

/** A Parquet file of the requests in the order in which they were sent; the same requests give the same bytes. */
export const writeRequestLog = (requests: readonly LoggedRequest[]): Promise<Buffer> =>
  writeParquet(
    REQUEST_LOG,
    requests
      .toSorted((a, b) => Number(a.asked_at - b.asked_at) || compareIds(a.request, b.request))
      .map((request) => ({ ...request, notes: request.notes.map((note) => ({ ...note })) })),
  );

export async function readRequestLog(database: RowReader, path: string): Promise<LoggedRequest[]> {
  const rows = await readParquet(database, path, REQUEST_LOG);
  // DuckDB gives the types of the columns asked for
  return rows as unknown as (SqlRow & LoggedRequest)[];
}

/** The request of this name; null where the log has none. */
export async function findRequest(database: RowReader, path: string, request: string): Promise<LoggedRequest | null> {
  // A log has tens of thousands of pages at most, and is read once.
  const rows = await readRequestLog(database, path);
  return rows.find((row) => row.request === request) ?? null;
}
