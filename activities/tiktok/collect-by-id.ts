import type { Coverage } from '../../datasets/coverage.ts';
import type { Collected, CollectTools, EarlierRow } from '../collect/collect-tools.ts';
import type { FieldType } from '../kinds/import-table/field-type.ts';
import { failed } from '../step-kind.ts';
import { askForIds, batchName, type DatedId, idBatches } from './ask-for-ids.ts';
import { deleted } from './confirm-missing.ts';
import { earlierRows, isToBeAsked, ItemLedger, longestAgoFirst } from './item-ledger.ts';
import { type PagesEnd, Rounds } from './read-pages.ts';
import { RefusedQueryError } from './refused-query-error.ts';
import { dayOfMs, dayOfSeconds, type UtcDay } from './utc-day.ts';
import { secondsOfId, videoId } from './video-id.ts';

/** Ids of older videos (of musical.ly) hold no time: there is no window to ask for them in. */
const FIRST_DAY = '2014-01-01';

/** An id that a video may have, with the day that it holds; null for anything else. */
export function datedId(id: string, today: UtcDay): DatedId | null {
  if (videoId(id) === null) return null;
  const day = dayOfSeconds(secondsOfId(id));
  return day >= FIRST_DAY && day <= today ? { id, day } : null;
}

interface Work {
  readonly batch: readonly DatedId[];
  /** Asked for again in parts, since it failed as a whole. */
  readonly narrow: boolean;
}

/** Videos by their ids, whatever they are about: a row each, also for those that the API hasn't. */
export async function* collectById(
  ids: readonly string[],
  types: ReadonlyMap<string, FieldType>,
  tools: CollectTools,
): AsyncGenerator<Collected, Coverage> {
  const today = dayOfMs(tools.startedAtMs);
  const ledger = new ItemLedger();
  const rounds = new Rounds();
  const earlier = await earlierRows(tools, new Set(ids));
  const asked: DatedId[] = [];
  for (const id of new Set(ids)) {
    const dated = datedId(id, today);
    if (!isToBeAsked(earlier.get(id), tools)) ledger.complete();
    else if (dated) asked.push(dated);
    else {
      ledger.complete();
      yield { kind: 'row', id, values: {}, request: '', failure: failed('invalid_id', NO_ID) };
    }
  }
  let answered = false;
  const batches = await longestAgoFirst(tools, idBatches(asked), batchName);
  const work: Work[] = batches.toReversed().map((batch) => ({ batch, narrow: false }));
  for (let next = work.pop(); next; next = work.pop()) {
    const { batch, narrow } = next;
    const { end, absent, last } = yield* askBatch(tools, next, types, today, rounds);
    ledger.complete(batch.length - absent.length);
    answered ||= last !== null;
    if (end.kind === 'end' || end.kind === 'limit') {
      tools.complete(batchName(batch));
      // A video may be dated more than a day from its id: only the wide window tells that it is not there.
      if (narrow) for (const _id of absent) ledger.partial('asked_near_id_only');
      else {
        for (const { id } of absent) yield* withoutVideo(tools, id, earlier.get(id), last!);
        ledger.complete(absent.length);
      }
    } else if (end.kind === 'stopped') {
      for (const { id } of [...absent, ...work.flatMap((each) => each.batch)]) ledger.left(earlier.has(id), end.why);
      return ledger.coverage();
    } else if (end.kind === 'refused') {
      if (batch.length > 1) work.push(...halves(batch));
      else if (!answered) throw new RefusedQueryError(end.code, end.message, 'by-id');
      else {
        ledger.complete();
        const { id } = batch[0]!;
        yield { kind: 'row', id, values: {}, request: end.request, failure: failed(end.code, end.message) };
      }
    } else if (!narrow && batch[0]!.day !== batch.at(-1)!.day)
      work.push(
        ...idBatches(absent, 1)
          .toReversed()
          .map((day) => ({ batch: day, narrow: true })),
      );
    else for (const { id } of absent) ledger.failed(earlier.has(id), end.code);
  }
  return ledger.coverage();
}

const NO_ID = 'No id of a TikTok video made since 2014: digits, whose upper half is a time.';

/** One id that the API doesn't take costs the others of its batch nothing. */
const halves = (batch: readonly DatedId[]): Work[] => {
  const middle = Math.ceil(batch.length / 2);
  return [
    { batch: batch.slice(middle), narrow: false },
    { batch: batch.slice(0, middle), narrow: false },
  ];
};

interface Answer {
  readonly end: PagesEnd;
  readonly absent: readonly DatedId[];
  readonly last: { readonly request: string; readonly observedAt: bigint } | null;
}

async function* askBatch(
  tools: CollectTools,
  { batch, narrow }: Work,
  types: ReadonlyMap<string, FieldType>,
  today: UtcDay,
  rounds: Rounds,
): AsyncGenerator<Collected, Answer> {
  const absent = new Map(batch.map((dated) => [dated.id, dated]));
  const pages = askForIds(tools, { unit: batchName(batch), batch, types, today, narrow }, rounds);
  let last: Answer['last'] = null;
  for (;;) {
    const { done, value } = await pages.next();
    if (done) return { end: value, absent: [...absent.values()], last };
    last = value;
    for (const { id, values, request } of value.videos)
      if (absent.delete(id)) yield { kind: 'row', id, values, request };
      else value.note(batch.some((dated) => dated.id === id) ? 'duplicate' : 'not_asked_for');
  }
}

/** The API was asked for this very video, answered, and has none. */
function* withoutVideo(
  tools: CollectTools,
  id: string,
  earlier: EarlierRow | undefined,
  last: { readonly request: string; readonly observedAt: bigint },
): Generator<Collected> {
  if (earlier?.status !== 'ok')
    yield {
      kind: 'row',
      id,
      values: {},
      request: last.request,
      failure: failed(
        'not_found',
        'The Research API has no such video: it is private, removed, too new, or never was.',
      ),
    };
  // What was known to be gone stays as it is.
  else if (typeof earlier.values['deleted_at'] !== 'bigint') yield deleted(tools, { id, values: earlier.values }, last);
}
