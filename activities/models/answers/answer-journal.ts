import { randomUUID } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import { z } from 'zod';
import { type Digest, isDigest } from '../../../manifests/digest.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import type { RecordedAnswer } from '../../../datasets/answers-file.ts';
import { groupCommit } from './group-commit.ts';

/** Answers already paid for that are in no committed version yet: `journal/<dataset>/<step>/<partition>/<run>/<segment>`. */
export interface AnswerJournal {
  /** Returns once it is durable; answers that come together share one object. */
  append(answer: RecordedAnswer): Promise<void>;
  /** Keys of the objects written so far. */
  readonly written: readonly string[];
}

/** One object of a journal. */
export interface JournalSegment {
  readonly key: string;
  /** Who may use its answers (`answerFamily`); null where an older release wrote it. */
  readonly family: string | null;
  readonly answers: readonly RecordedAnswer[];
}

export interface JournalPlace {
  readonly dataset: string;
  readonly step: string;
  /** Null for all of them. */
  readonly partition: string | null;
}

/** Where an attempt at a step partition writes, and for whom (`answerFamily`). */
export interface AttemptPlace extends JournalPlace {
  readonly partition: string;
  readonly run: string;
  readonly family: string;
}

export const journalPrefix = ({ dataset, step, partition }: JournalPlace): string =>
  `journal/${dataset}/${step}/${partition === null ? '' : `${partition}/`}`;

/** What one attempt at a step partition writes. Segments of attempts never share a name. */
export function openAnswerJournal(store: ObjectStore, place: AttemptPlace): AnswerJournal {
  const prefix = `${journalPrefix(place)}${place.run}/${randomUUID()}`;
  const written: string[] = [];
  let segments = 0;
  return {
    written,
    append: groupCommit<RecordedAnswer>(async (answers) => {
      segments += 1;
      const key = `${prefix}-${String(segments).padStart(6, '0')}`;
      const bytes = Buffer.from(answers.map((answer) => lineOf(answer, place.family)).join(''));
      await untilWritten(() => store.put(key, bytes));
      written.push(key);
    }),
  };
}

/** All segments under a place, in no order. */
export async function readJournal(store: ObjectStore, place: JournalPlace): Promise<JournalSegment[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(journalPrefix(place))) if (isSegment(key)) keys.push(key);
  const segments = await pMap(keys, (key) => readSegment(store, key), { concurrency: 8 });
  return segments.filter((segment) => segment !== null);
}

/** Batches at a provider are noted beside the segments. */
export const isSegment = (key: string): boolean => /\/[0-9a-f-]{36}-\d+$/.test(key);

async function readSegment(store: ObjectStore, key: string): Promise<JournalSegment | null> {
  const object = await store.get(key);
  // Another run that was committed meanwhile has dropped it.
  if (!object) return null;
  const texts = object.bytes.toString('utf8').split('\n').filter(Boolean);
  const lines = texts.map((text) => line.parse(JSON.parse(text)));
  return { key, family: lines[0]?.family ?? null, answers: lines.map(answerOf) };
}

const digest = z.custom<Digest>(isDigest);
const line = z.object({
  id: z.string(),
  request_key: digest,
  cell_key: digest,
  answer: digest,
  status: z.int(),
  request_id: z.string().nullable(),
  run: z.string(),
  attempt: z.int(),
  started_ms: z.number(),
  ended_ms: z.number(),
  batch: z.boolean(),
  family: z.string().optional(),
  body: z.string(),
  encoding: z.enum(['utf8', 'base64']),
});

function lineOf(answer: RecordedAnswer, family: string): string {
  const encoding = isUtf8(answer.bytes) ? 'utf8' : 'base64';
  const written: z.input<typeof line> = {
    id: answer.id,
    request_key: answer.requestKey,
    cell_key: answer.cellKey,
    answer: answer.answer,
    status: answer.status,
    request_id: answer.requestId,
    run: answer.run,
    attempt: answer.attempt,
    started_ms: answer.startedMs,
    ended_ms: answer.endedMs,
    batch: answer.batch,
    family,
    body: answer.bytes.toString(encoding),
    encoding,
  };
  return `${JSON.stringify(written)}\n`;
}

const answerOf = (written: z.output<typeof line>): RecordedAnswer => ({
  id: written.id,
  requestKey: written.request_key,
  cellKey: written.cell_key,
  answer: written.answer,
  status: written.status,
  requestId: written.request_id,
  run: written.run,
  attempt: written.attempt,
  startedMs: written.started_ms,
  endedMs: written.ended_ms,
  batch: written.batch,
  bytes: Buffer.from(written.body, written.encoding),
});

const WAITS_MS = [250, 500, 1000, 2000, 4000, 8000, 8000, 8000];

/** What was paid for is in this process only: a bucket that is away for half a minute must not cost it. */
async function untilWritten(write: () => Promise<void>): Promise<void> {
  for (const waitMs of WAITS_MS) {
    try {
      return await write();
    } catch {
      await sleep(waitMs);
    }
  }
  return await write();
}
