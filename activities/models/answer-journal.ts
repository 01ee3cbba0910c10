import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { canonicalJson } from '../../manifests/canonical-json.ts';
import { type Digest, hexOf, isDigest, sha256 } from '../../manifests/digest.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';

/** One answer as it came, before anybody looked into it. Times are epoch milliseconds. */
export interface RecordedAnswer {
  /** Digest of the raw bytes, which are a blob. */
  readonly answer: Digest;
  readonly status: number;
  readonly request_id: string | null;
  /** The run that paid for it. */
  readonly run: string;
  /** Which try this was, from 1. */
  readonly attempt: number;
  readonly started_ms: number;
  readonly ended_ms: number;
}

/** The answers that one cell has paid for and that no committed version has yet. */
export interface AnswerJournal {
  /** In the order they came: the last is the one to use, those before it were no usable answers. */
  find(request: Digest): Promise<readonly RecordedAnswer[]>;
  /** Returns once it is durable. */
  record(request: Digest, answers: readonly RecordedAnswer[]): Promise<void>;
}

const entry = z.object({
  answers: z.array(
    z.object({
      answer: z.custom<Digest>(isDigest),
      status: z.int(),
      request_id: z.string().nullable(),
      run: z.string(),
      attempt: z.int(),
      started_ms: z.int(),
      ended_ms: z.int(),
    }),
  ),
});

/** `prefix` is `journal/<dataset>/<step>`. Row ids are hashed: they may be anything, and name no object. */
export function openAnswerJournal({ store, prefix, rowId }: JournalOptions): AnswerJournal {
  const keyOf = (request: Digest) => `${prefix}/${hexOf(sha256(rowId))}/${hexOf(request)}`;
  return {
    async find(request) {
      const object = await store.get(keyOf(request));
      return object ? entry.parse(JSON.parse(object.bytes.toString('utf8'))).answers : [];
    },
    async record(request, answers) {
      const bytes = Buffer.from(canonicalJson({ request, answers: answers.map((answer) => ({ ...answer })) }));
      await untilWritten(() => store.put(keyOf(request), bytes));
    },
  };
}

export interface JournalOptions {
  readonly store: ObjectStore;
  readonly prefix: string;
  readonly rowId: string;
}

const WAITS_MS = [250, 500, 1000, 2000, 4000, 8000];

/** What was paid for is in this process only: a bucket that is away for some seconds must not cost it. */
export async function untilWritten<T>(write: () => Promise<T>): Promise<T> {
  for (const waitMs of WAITS_MS) {
    try {
      return await write();
    } catch {
      await sleep(waitMs);
    }
  }
  return await write();
}
