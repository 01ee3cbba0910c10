import { z } from 'zod';
import { canonicalJson, type Json } from '../../../manifests/canonical-json.ts';
import { type Digest, isDigest } from '../../../manifests/digest.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { isModel } from '../../../datasets/declaration/parameter-references.ts';
import type { ModelRequest } from '../model-calls.ts';
import { type JournalPlace, journalPrefix } from '../answers/answer-journal.ts';

/** A batch at a provider, noted in the journal before it is sent: whoever comes next knows whom it asks about what. */
export interface BatchNote {
  readonly key: string;
  readonly run: string;
  readonly endpoint: ModelRequest['endpoint'];
  /** As declared, so that it can be looked at when the declaration names another by then. */
  readonly model: Model;
  /** Epoch milliseconds, by the clock of who sent it. */
  readonly sentMs: number;
  readonly lines: readonly NotedLine[];
  /** Its id at the provider; null until that is known. */
  readonly batch: string | null;
  /** How often it was looked at. */
  readonly looked: number;
}

export interface NotedLine {
  readonly customId: string;
  readonly id: string;
  readonly requestKey: Digest;
  readonly cellKey: Digest;
  /** Which try this is, from 1. */
  readonly attempt: number;
}

const digest = z.custom<Digest>(isDigest);
const note = z.object({
  key: z.string(),
  run: z.string(),
  endpoint: z.enum(['chat/completions', 'embeddings', 'audio/transcriptions']),
  model: z.custom<Model>(isModel),
  sentMs: z.number(),
  lines: z.array(
    z.object({ customId: z.string(), id: z.string(), requestKey: digest, cellKey: digest, attempt: z.int() }),
  ),
  batch: z.string().nullable(),
  looked: z.int(),
});

const keyOf = (place: JournalPlace, { run, key }: Pick<BatchNote, 'run' | 'key'>) =>
  `${journalPrefix(place)}${run}/batch-${key}`;

const isBatchNote = (key: string): boolean => /\/batch-[0-9a-z]+$/.test(key);

export const writeBatchNote = (store: ObjectStore, place: JournalPlace, written: BatchNote): Promise<void> =>
  store.put(keyOf(place, written), Buffer.from(canonicalJson(written as unknown as Json)));

/** What is noted of a batch whose answers are in the journal is no longer needed. */
export const dropBatchNote = (store: ObjectStore, place: JournalPlace, dropped: BatchNote): Promise<void> =>
  store.remove([keyOf(place, dropped)]);

/** Batches of this and of earlier runs whose answers aren't in the journal yet. */
export async function readBatchNotes(store: ObjectStore, place: JournalPlace): Promise<BatchNote[]> {
  const notes: BatchNote[] = [];
  for await (const { key } of store.list(journalPrefix(place))) {
    if (!isBatchNote(key)) continue;
    const object = await store.get(key);
    if (object) notes.push(note.parse(JSON.parse(object.bytes.toString('utf8'))));
  }
  return notes;
}
