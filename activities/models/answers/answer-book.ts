import type { BlobStore } from '../../../manifests/blob-store.ts';
import type { Digest } from '../../../manifests/digest.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import type { Call } from '../../../datasets/call.ts';
import type { Cell } from '../../../datasets/cell.ts';
import { answerName, type RecordedAnswer, readAnswerFacts, readAnswers } from '../../../datasets/answers-file.ts';
import type { Database } from '../../../datasets/parquet/database.ts';
import {
  type AttemptPlace,
  type JournalPlace,
  type JournalSegment,
  journalPrefix,
  openAnswerJournal,
  isSegment,
  readJournal,
} from './answer-journal.ts';
import { findAnswerFiles } from './answer-index.ts';

/** All answers that the rows of one step partition have paid for, wherever they are kept, and those that now come in. */
export interface AnswerBook {
  /** `answerFamily` of the answers that it records. */
  readonly family: string;
  /** Oldest first. The journal and the files of earlier runs are looked at when the first row asks. */
  find(id: string, requestKey: Digest): Promise<readonly RecordedAnswer[]>;
  /** Returns once the answer is durable. */
  record(answer: RecordedAnswer): Promise<void>;
  /** The answers that these cells were made from, to be kept beside them. */
  answersOf(cells: Iterable<Cell>): RecordedAnswer[];
  /** What the journal holds beyond these cells, of this and of other runs, and the objects that it lies in. */
  leftOver(cells: Iterable<Cell>): Promise<LeftOver>;
}

export interface LeftOver {
  /** Paid for, and in none of the cells: answers to another prompt, or of a batch that nobody waited for. */
  readonly byFamily: ReadonlyMap<string, readonly RecordedAnswer[]>;
  /** Objects of the journal in which nothing is missing, with the cells and the answers above kept. */
  readonly segments: readonly string[];
}

export interface AnswerBookOptions {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly database: Database;
  readonly place: AttemptPlace;
  /** Partitions in which these rows may have been before; null is any. */
  readonly partitions: readonly (string | null)[];
}

export function openAnswerBook(options: AnswerBookOptions): AnswerBook {
  const { store, blobs, database, place, partitions } = options;
  const journal = openAnswerJournal(store, place);
  const known = new Map<string, RecordedAnswer[]>();
  const byName = new Map<string, RecordedAnswer>();
  /** Null is all of them. */
  const places = partitions.includes(null) ? [null] : [...new Set([place.partition, ...partitions])];
  const nameOf = (id: string, requestKey: Digest) => `${requestKey} ${id}`;
  let segments: Promise<JournalSegment[]> | undefined;
  let earlier: Promise<Map<string, Set<Digest>>> | undefined;
  const bodies = new Map<Digest, Promise<void>>();
  const recorded: RecordedAnswer[] = [];

  function note(answer: RecordedAnswer): void {
    const name = nameOf(answer.id, answer.requestKey);
    const answers = known.get(name) ?? [];
    if (answers.some((each) => answerName(each) === answerName(answer))) return;
    answers.push(answer);
    known.set(
      name,
      answers.toSorted((a, b) => a.startedMs - b.startedMs),
    );
    byName.set(nameOfRow(answer.id, answerName(answer)), answer);
  }

  async function readSegments(): Promise<JournalSegment[]> {
    const read = await Promise.all(places.map((partition) => readJournal(store, { ...place, partition })));
    for (const { answers } of read.flat()) answers.forEach(note);
    return read.flat();
  }

  /** Which files have answers to which questions; the answers themselves are read when one is asked for. */
  async function readFacts(): Promise<Map<string, Set<Digest>>> {
    const files = await Promise.all(places.map((partition) => findAnswerFiles(store, place, partition)));
    const found = new Map<string, Set<Digest>>();
    for (const file of new Set(files.flat())) {
      // The index may name files that are gone.
      if (!(await blobs.has(file))) continue;
      for (const { id, requestKey } of await readAnswerFacts(database, await blobs.file(file))) {
        const name = nameOf(id, requestKey);
        found.set(name, (found.get(name) ?? new Set()).add(file));
      }
    }
    return found;
  }

  async function readBodies(file: Digest): Promise<void> {
    for (const answer of await readAnswers(database, await blobs.file(file))) note(answer);
  }

  return {
    family: place.family,
    async find(id, requestKey) {
      const [inFiles] = await Promise.all([(earlier ??= readFacts()), (segments ??= readSegments())]);
      const files = inFiles.get(nameOf(id, requestKey)) ?? [];
      for (const file of files) {
        const reading = bodies.get(file) ?? readBodies(file);
        bodies.set(file, reading);
        await reading;
      }
      return known.get(nameOf(id, requestKey)) ?? [];
    },
    async record(answer) {
      await journal.append(answer);
      recorded.push(answer);
      note(answer);
    },
    answersOf: (cells) => [...namesOf(cells)].flatMap((name) => byName.get(name) ?? []),
    async leftOver(cells) {
      const isAnywhere = places.includes(null);
      const where = { ...place, partition: isAnywhere ? null : place.partition };
      if (segments === undefined && (await isEmpty(store, where))) return { byFamily: new Map(), segments: [] };
      const read = await (segments ??= readSegments());
      const all = [...cells];
      const held = namesOf(all);
      const ids = new Set(all.map(({ id }) => id));
      const own = journalPrefix(place);
      // Other partitions read the same journal: each keeps what is about its own rows, so that nothing is kept twice.
      const isOurs = (key: string, { id }: RecordedAnswer) => ids.has(id) || (!isAnywhere && key.startsWith(own));
      const inJournal = [
        ...recorded.map((answer) => ({ family: place.family, answer })),
        ...read.flatMap(({ key, family, answers }) =>
          answers.flatMap((answer) => (isOurs(key, answer) ? [{ family: family ?? place.family, answer }] : [])),
        ),
      ];
      const left = new Map(inJournal.map((each) => [nameOfRow(each.answer.id, answerName(each.answer)), each]));
      for (const name of held) left.delete(name);
      const byFamily = Map.groupBy(left.values(), ({ family }) => family);
      return {
        byFamily: new Map([...byFamily].map(([family, some]) => [family, some.map(({ answer }) => answer)])),
        segments: [
          ...new Set([
            ...journal.written,
            ...read.flatMap(({ key, answers }) => (answers.every((answer) => isOurs(key, answer)) ? [key] : [])),
          ]),
        ],
      };
    },
  };
}

async function isEmpty(store: ObjectStore, place: JournalPlace): Promise<boolean> {
  for await (const { key } of store.list(journalPrefix(place))) if (isSegment(key)) return false;
  return true;
}

/** An answer's name among those of all rows. */
const nameOfRow = (id: string, name: string): string => `${name} ${id}`;

/** Answers that the provenance of cells names. */
function namesOf(cells: Iterable<Cell>): Set<string> {
  const names = new Set<string>();
  for (const { id, calls } of cells)
    for (const call of calls) {
      const name = nameOfCall(call);
      if (name !== null) names.add(nameOfRow(id, name));
    }
  return names;
}

/** The answer a call got, as `answerName` has it; null for a call without one. */
export const nameOfCall = ({ answer_digest: answer, started_ms: startedMs }: Call): string | null =>
  answer === null || startedMs === null ? null : `${answer} ${startedMs}`;
