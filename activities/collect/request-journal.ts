import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../manifests/canonical-json.ts';
import { type Digest, hexOf } from '../../manifests/digest.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { journalPrefix } from '../models/answers/answer-journal.ts';
import type { CollectRequest } from './collect-tools.ts';

/** What became of one try: `retry` was followed by another, the others were given to the kind. */
export type EntryKind = 'ok' | 'refused' | 'failed' | 'retry';

const entry = z.object({
  request: z.string(),
  run: z.string(),
  kind: z.enum(['ok', 'refused', 'failed', 'retry']),
  unit: z.string(),
  round: z.int(),
  page: z.int(),
  attempt: z.int(),
  endpoint: z.string(),
  fields: z.array(z.string()),
  /** As it was sent. */
  body: z.string(),
  status: z.int().nullable(),
  code: z.string(),
  message: z.string().nullable(),
  log_id: z.string().nullable(),
  asked_at: z.int(),
  answered_at: z.int(),
  /** As it came; null when none did. */
  reply: z.string().nullable(),
});
/** One request that was sent, whole: what the log is made of, and what a resumed run reads instead of asking. */
export type JournalEntry = z.infer<typeof entry>;

/** Where an entry is, and as much of it as its name says. */
export interface EntryName {
  readonly key: string;
  readonly request: string;
  readonly run: string;
  readonly kind: EntryKind;
}

/** Requests that were sent for a source and are in no committed version yet, or belong to a unit without its end. */
export interface RequestJournal {
  /** Replies to this very request that a kind was given, those with an answer first. */
  find(request: CollectRequest): readonly EntryName[];
  /** Codes of a run's tries of this very request since it last gave it up. */
  triesOf(request: CollectRequest, run: string): Promise<readonly string[]>;
  /** Null when another run that was committed meanwhile has dropped it. */
  read(name: EntryName): Promise<JournalEntry | null>;
  /** Returns once it is durable. */
  add(request: CollectRequest, made: Omit<JournalEntry, 'request' | keyof CollectRequest>): Promise<JournalEntry>;
  /** All there are, in no order. */
  entries(): readonly EntryName[];
}

export interface RequestJournalPlace {
  readonly dataset: string;
  readonly step: string;
  readonly identity: Digest;
  /** Observations that were begun anew are no answers to a run that isn't. */
  readonly refresh: boolean;
}

/** Beside the answers of models, whose partitions are never called so. */
export const requestJournalPrefix = ({ dataset, step }: Pick<RequestJournalPlace, 'dataset' | 'step'>): string =>
  `${journalPrefix({ dataset, step, partition: null })}requests/`;

/**
 * One object a request: `…/<what was asked>/<run>.<kind>.<name>`. The name says enough that a run begun anew reads only
 * what it needs.
 */
export async function openRequestJournal(store: ObjectStore, place: RequestJournalPlace): Promise<RequestJournal> {
  const prefix = `${requestJournalPrefix(place)}${hexOf(place.identity)}/${place.refresh ? 'refresh' : 'first'}/`;
  const names = new Map<string, EntryName[]>();
  const keep = (asked: string, name: EntryName) => names.set(asked, [...(names.get(asked) ?? []), name]);
  for await (const { key } of store.list(prefix)) {
    const [, asked, run, kind, request] =
      /^([0-9a-f]{64})\/([^./]+)\.(ok|refused|failed|retry)\.([^./]+)$/.exec(key.slice(prefix.length)) ?? [];
    if (asked && run && kind && request) keep(asked, { key, request, run, kind: kind as EntryKind });
  }
  const read = async ({ key }: EntryName) => {
    const object = await store.get(key);
    return object && entry.parse(JSON.parse(object.bytes.toString('utf8')));
  };
  return {
    find(request) {
      const given = (names.get(digestOf(request)) ?? []).filter(({ kind }) => kind !== 'retry');
      return given.toSorted((a, b) => Number(a.kind === 'failed') - Number(b.kind === 'failed'));
    },
    async triesOf(request, run) {
      const mine = (names.get(digestOf(request)) ?? []).filter((name) => name.run === run);
      const entries = (await Promise.all(mine.map(read))).filter((found) => found !== null);
      const gaveUp = Math.max(0, ...entries.map(({ kind, asked_at }) => (kind === 'retry' ? 0 : asked_at)));
      return entries.filter(({ asked_at }) => asked_at > gaveUp).map(({ code }) => code);
    },
    read,
    async add(request, made) {
      const asked = digestOf(request);
      const name = randomUUID();
      const whole: JournalEntry = { request: name, ...request, fields: [...request.fields], ...made };
      const key = `${prefix}${asked}/${made.run}.${made.kind}.${name}`;
      await store.put(key, Buffer.from(canonicalJson(whole)));
      keep(asked, { key, request: name, run: made.run, kind: made.kind });
      return whole;
    },
    entries: () => [...names.values()].flat(),
  };
}

const digestOf = ({ unit, round, page, endpoint, fields, body }: CollectRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([unit, round, page, endpoint, fields, body]))
    .digest('hex');
