import type { Digest } from '../../manifests/digest.ts';
import { readRef } from '../../manifests/refs.ts';
import { isKind, type Listed, listBucket, storeTimeMs } from './bucket-listing.ts';
import { keepRun } from './keep-runs.ts';
import { openReach, type Reach, type ReachSources, UnknownReachError } from './reach.ts';
import { childrenFirst } from './children-first.ts';

/** In the order in which they are removed: what leads to others goes before them, so that a broken off removal misleads nobody. */
export const GARBAGE_KINDS = ['version', 'cells', 'note', 'answers', 'run', 'journal', 'quota', 'object'] as const;
export type GarbageKind = (typeof GARBAGE_KINDS)[number];

export interface GarbageObject {
  readonly kind: GarbageKind;
  readonly key: string;
  readonly byteLength: number;
}

export interface Garbage {
  /** In the order of removal. */
  readonly objects: readonly GarbageObject[];
  /** Paid answers in no version, which are removed only when asked for. */
  readonly paid: { readonly count: number; readonly byteLength: number };
}

/** A run whose workflow has not ended. */
export interface RunAtWork {
  readonly run: string;
  readonly dataset: string;
}

export interface GarbageOptions {
  /** Younger objects are kept, whatever leads to them, with everything they name. */
  readonly olderThanMs: number;
  /** Also answers that were paid for and are in no version. */
  readonly paidAnswers: boolean;
  readonly atWork: readonly RunAtWork[];
}

const MONTH_MS = 31 * 86_400_000;

/** What nothing leads to and is old enough. */
export async function findGarbage(
  sources: Omit<ReachSources, 'withdrawals'>,
  { olderThanMs, paidAnswers, atWork }: GarbageOptions,
): Promise<Garbage> {
  const { store } = sources;
  const nowMs = await storeTimeMs(store);
  const listed = await listBucket(store);
  const isYoung = ({ modified }: Pick<Listed, 'modified'>) => modified.getTime() > nowMs - olderThanMs;
  const isOld = (each: Listed) => !isYoung(each);
  const withdrawals = new Map(listed.filter(isKind('withdrawal')).map(({ digest, key }) => [digest, key]));
  const reach = openReach({ ...sources, withdrawals });

  for (const { key, dataset, ref } of listed.filter(isKind('ref'))) {
    const who = `${dataset} ${ref}`;
    const read = await readRef(store, key).catch((error: unknown) => {
      throw new UnknownReachError(who, error instanceof Error ? error.message : String(error));
    });
    // Deleted since it was listed.
    if (read) await reach.version(read.manifest, who, true);
  }
  for (const { version } of listed.filter(isKind('version')).filter(isYoung))
    await reach.version(version, 'nobody', false);
  const runs = Map.groupBy(listed.filter(isKind('run')), ({ run }) => run);
  const keptRuns = new Set([...runs].flatMap(([run, of]) => (of.some(isYoung) ? [run] : [])));
  for (const { run } of atWork) keptRuns.add(run);
  for (const run of keptRuns) await keepRun(store, reach, run, runs.get(run) ?? []);
  for (const { values, provenance } of listed.filter(isKind('cells')).filter(isYoung))
    keepCells(reach, values, provenance);
  for (const answers of listed.filter(isKind('answers')).filter(isYoung)) reach.object(answers.file);
  await reach.readFiles();

  const there = new Set(listed.filter(isKind('object')).map(({ digest }) => digest));
  const isPaid = new Set(
    listed.filter(isKind('answers')).flatMap(({ file }) => (there.has(file) && !reach.objects.has(file) ? [file] : [])),
  );
  const busy = new Set(atWork.map(({ dataset }) => dataset));
  const unused: Record<GarbageKind, readonly Listed[]> = {
    version: await childrenFirst(
      store,
      listed.filter(isKind('version')).filter(({ version }) => !reach.versions.has(version)),
    ),
    cells: listed
      .filter(isKind('cells'))
      .filter(({ values, provenance }) => !(reach.objects.has(values) && reach.objects.has(provenance))),
    note: listed.filter(isKind('note')).filter(({ version }) => !reach.versions.has(version)),
    answers: listed.filter(isKind('answers')).filter(({ file }) => !there.has(file) || isPaid.has(file)),
    run: listed.filter(isKind('run')).filter(({ run }) => !keptRuns.has(run)),
    journal: listed.filter(isKind('journal')).filter(({ run, dataset }) => !keptRuns.has(run) && !busy.has(dataset)),
    quota: listed.filter(isKind('quota')).filter(({ day }) => Date.parse(day) < nowMs - MONTH_MS),
    object: listed.filter(isKind('object')).filter(({ digest }) => !reach.objects.has(digest)),
  };
  const isKeptUnlessAsked = (kind: GarbageKind, each: Listed): boolean =>
    kind === 'journal' ||
    (each.kind === 'answers' && isPaid.has(each.file)) ||
    (each.kind === 'object' && isPaid.has(each.digest));

  const old = GARBAGE_KINDS.flatMap((kind) =>
    unused[kind].filter(isOld).map((each) => ({
      kind,
      key: each.key,
      byteLength: each.byteLength,
      asked: isKeptUnlessAsked(kind, each),
    })),
  );
  const left = old.filter(({ asked, kind }) => asked && kind !== 'answers');
  return {
    objects: old
      .filter(({ asked }) => paidAnswers || !asked)
      .map(({ kind, key, byteLength }) => ({ kind, key, byteLength })),
    paid: paidAnswers
      ? { count: 0, byteLength: 0 }
      : { count: left.length, byteLength: left.reduce((sum, { byteLength }) => sum + byteLength, 0) },
  };
}

/** A run may take over cells that the index leads to: what these name must be there. */
function keepCells(reach: Reach, values: Digest, provenance: Digest): void {
  reach.file(values, 'all', false);
  reach.file(provenance, ['answers'], false);
}
