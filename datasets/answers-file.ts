import { isUtf8 } from 'node:buffer';
import { type Digest, DigestMismatchError, isDigest, sha256 } from '../manifests/digest.ts';
import { bool, type Columns, int32, int64, text } from './column-type.ts';
import type { Database, RowReader, SqlRow } from './parquet/database.ts';
import { readParquet } from './parquet/read-parquet.ts';
import { textIn, textOrNullIn } from './parquet/row-text.ts';
import { writeParquet } from './parquet/write-parquet.ts';

/** What is known of one answer of a model beside its bytes. Times are epoch milliseconds. */
export interface AnswerFacts {
  /** The row it was asked about. */
  readonly id: string;
  readonly requestKey: Digest;
  /** Of the cell it was asked for; another revision of the step may use it for a cell of another key. */
  readonly cellKey: Digest;
  /** Digest of the raw bytes. */
  readonly answer: Digest;
  /** Of HTTP. */
  readonly status: number;
  readonly requestId: string | null;
  /** The run that paid for it. */
  readonly run: string;
  /** Which try this was, from 1. */
  readonly attempt: number;
  readonly startedMs: number;
  readonly endedMs: number;
  /** It came with a batch, for half the price. */
  readonly batch: boolean;
}

/** One answer as it came, before anybody looked into it. */
export interface RecordedAnswer extends AnswerFacts {
  readonly bytes: Buffer;
}

/** Two answers to the same row never share it: a server may give the same bytes twice, but not at the same moment. */
export const answerName = ({ answer, startedMs }: Pick<AnswerFacts, 'answer' | 'startedMs'>): string =>
  `${answer} ${startedMs}`;

const FACTS = {
  id: text(),
  request_key: text(),
  cell_key: text(),
  answer_digest: text(),
  status: int32(),
  request_id: text(),
  run: text(),
  attempt: int32(),
  started_ms: int64(),
  ended_ms: int64(),
  batch: bool(),
} satisfies Columns;
/** Null where the bytes are no UTF-8; then the other column has them. */
const BODY = { body: text(), body_base64: text() } satisfies Columns;

/** The raw answers of a step partition's cells as a Parquet file; the same answers give the same bytes in any order. */
export function writeAnswers(answers: readonly RecordedAnswer[]): Promise<Buffer> {
  const sorted = answers.toSorted(
    (a, b) => compare(a.id, b.id) || compare(a.requestKey, b.requestKey) || a.startedMs - b.startedMs,
  );
  return writeParquet(
    { ...FACTS, ...BODY },
    sorted.map((answer) => ({
      id: answer.id,
      request_key: answer.requestKey,
      cell_key: answer.cellKey,
      answer_digest: answer.answer,
      status: answer.status,
      request_id: answer.requestId,
      run: answer.run,
      attempt: answer.attempt,
      started_ms: BigInt(answer.startedMs),
      ended_ms: BigInt(answer.endedMs),
      batch: answer.batch,
      body: isUtf8(answer.bytes) ? answer.bytes.toString('utf8') : null,
      body_base64: isUtf8(answer.bytes) ? null : answer.bytes.toString('base64'),
    })),
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** Everything but the bytes. */
export async function readAnswerFacts(database: Database, path: string): Promise<AnswerFacts[]> {
  return (await readParquet(database, path, FACTS)).map(factsOf);
}

/** Throws `DigestMismatchError` where the bytes are not those of their digest. Only those about one row, if it is given. */
export async function readAnswers(database: RowReader, path: string, id?: string): Promise<RecordedAnswer[]> {
  const rows = await readParquet(database, path, { ...FACTS, ...BODY }, id === undefined ? {} : { id });
  return rows.map((row) => {
    const facts = factsOf(row);
    const body = textOrNullIn(row, 'body');
    const bytes = body === null ? Buffer.from(textIn(row, 'body_base64'), 'base64') : Buffer.from(body);
    if (sha256(bytes) !== facts.answer) throw new DigestMismatchError(path, facts.answer, sha256(bytes));
    return { ...facts, bytes };
  });
}

const factsOf = (row: SqlRow): AnswerFacts => ({
  id: textIn(row, 'id'),
  requestKey: digestIn(row, 'request_key'),
  cellKey: digestIn(row, 'cell_key'),
  answer: digestIn(row, 'answer_digest'),
  status: Number(row['status']),
  requestId: textOrNullIn(row, 'request_id'),
  run: textIn(row, 'run'),
  attempt: Number(row['attempt']),
  startedMs: Number(row['started_ms']),
  endedMs: Number(row['ended_ms']),
  batch: row['batch'] === true,
});

function digestIn(row: SqlRow, column: string): Digest {
  const value = textIn(row, column);
  if (!isDigest(value)) throw new TypeError(`${column} is ${value}, which is no digest`);
  return value;
}
