import { parse, parseNumberAndBigInt } from 'lossless-json';
import { sha256 } from '../../manifests/digest.ts';
import type { LoggedRequest } from '../../datasets/request-log.ts';
import type { ApiJson, JsonObject } from './api-json.ts';
import type { JournalEntry } from './request-journal.ts';

/** A request as the log has it. Paging is what the body and the reply call so; null where they have no such thing. */
export function logLine(entry: JournalEntry, query: string, data: JsonObject | null): LoggedRequest {
  const { fields: _fields, body, reply, kind: _kind, ...line } = entry;
  const asked = objectIn(parse(body, undefined, parseNumberAndBigInt) as ApiJson);
  return {
    ...line,
    query,
    cursor: bigintIn(asked['cursor']),
    search_id: textIn(asked['search_id']),
    max_count: countIn(asked['max_count']),
    returned: data && countRows(data),
    has_more: typeof data?.['has_more'] === 'boolean' ? data['has_more'] : null,
    next_cursor: bigintIn(data?.['cursor']),
    asked_at: BigInt(line.asked_at),
    answered_at: BigInt(line.answered_at),
    reply: reply === null ? null : sha256(Buffer.from(reply)),
    completes: false,
    notes: [],
  };
}

/** The rows of a reply are its one list; a reply without a list is about one thing. */
function countRows(data: JsonObject): number {
  const list = Object.values(data).find((value) => Array.isArray(value));
  return list ? (list as readonly ApiJson[]).length : 1;
}

const objectIn = (value: ApiJson): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const bigintIn = (value: ApiJson | undefined): bigint | null => (typeof value === 'bigint' ? value : null);
const countIn = (value: ApiJson | undefined): number | null => (typeof value === 'bigint' ? Number(value) : null);
const textIn = (value: ApiJson | undefined): string | null => (typeof value === 'string' ? value : null);
