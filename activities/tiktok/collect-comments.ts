import type { Coverage } from '../../datasets/coverage.ts';
import type { Collected, CollectTools, EarlierRow } from '../collect/collect-tools.ts';
import { failed, skipped } from '../step-kind.ts';
import { readCommentPage } from './comment-page.ts';
import { COMMENT_FIELDS } from './comment-fields.ts';
import { earlierRows, isAskedAgain, ItemLedger } from './item-ledger.ts';
import { reasonOf } from './partial-reason.ts';
import { type PagesEnd, readPages, Rounds } from './read-pages.ts';
import { RefusalWatch } from './refusal-watch.ts';
import { videoId } from './video-id.ts';

/** `cursor` and `max_count` together: https://developers.tiktok.com/doc/research-api-specs-query-video-comments. */
const MOST_COMMENTS = 1000n;
const PAGE = 100n;
export const API_LIMIT = 'api_limit_1000';

/** The row that says what a video's comments are missing: beside those of the comments, whose ids are digits alone. */
export const videoRow = (id: string): string => `video:${id}`;
export const videoOfRow = (id: string): string | null => (id.startsWith('video:') ? id.slice('video:'.length) : null);

/** The comments of videos, as many of each as the API gives. */
export async function* collectComments(
  videoIds: readonly string[],
  tools: CollectTools,
): AsyncGenerator<Collected, Coverage> {
  const ledger = new ItemLedger();
  const watch = new RefusalWatch('comments');
  const rounds = new Rounds();
  const ids = [...new Set(videoIds)];
  const marks = await earlierRows(tools, new Set(ids.map(videoRow)));
  const done = tools.refresh ? new Set<string>() : await tools.earlier.completeUnits();
  // Their rows leave with them: who comes back is asked for again.
  const wanted = new Set(ids);
  for (const unit of await tools.earlier.completeUnits()) if (!wanted.has(unit)) tools.abandon(unit);
  const isDone = (id: string) => !isToBeAsked(marks.get(videoRow(id)), done.has(id), tools);
  for (const [index, id] of ids.entries()) {
    const mark = marks.get(videoRow(id));
    if (isDone(id)) {
      if (mark?.errorCode === API_LIMIT) ledger.partial(API_LIMIT);
      else ledger.complete();
    } else if (videoId(id) === null) {
      ledger.complete();
      yield { kind: 'row', id: videoRow(id), values: {}, request: '', failure: failed('invalid_id', NO_ID) };
    } else {
      const end = yield* commentsOf(id, tools, rounds, watch);
      if (end.kind === 'stopped') {
        ledger.notAsked(end.why, ids.slice(index).filter((each) => !isDone(each)).length);
        ledger.complete(ids.slice(index).filter(isDone).length);
        break;
      }
      yield* outcome(id, end, mark, tools, ledger);
    }
  }
  return ledger.coverage();
}

const NO_ID = 'No id of a video: digits, as text.';

/** A video whose comments can't be had stays so until it is retried; one without comments has no row of its own. */
const isToBeAsked = (mark: EarlierRow | undefined, isComplete: boolean, { refresh, askAgain }: CollectTools): boolean =>
  refresh || (mark?.status === 'failed' ? isAskedAgain(mark.errorCode, askAgain) : !isComplete);

async function* commentsOf(
  id: string,
  tools: CollectTools,
  rounds: Rounds,
  watch: RefusalWatch,
): AsyncGenerator<Collected, PagesEnd> {
  const request = {
    unit: id,
    endpoint: 'video/comment/list',
    fields: ['id', ...COMMENT_FIELDS.keys()],
    list: 'comments' as const,
    body(cursor: bigint | null) {
      const from = cursor ?? 0n;
      if (from >= MOST_COMMENTS) return null;
      const count = MOST_COMMENTS - from < PAGE ? MOST_COMMENTS - from : PAGE;
      // The API wants a number, and no JavaScript number holds an id.
      return `{"video_id":${id},"max_count":${count},"cursor":${from}}`;
    },
  };
  const pages = readPages(tools, request, rounds);
  const seen = new Set<string>();
  for (;;) {
    const { done, value } = await pages.next();
    if (done) {
      if (value.kind === 'refused' && value.code !== 'video_not_found') watch.refused(value.code, value.message);
      return value;
    }
    watch.answered();
    yield* readCommentPage(value, id, seen, tools);
  }
}

function* outcome(
  id: string,
  end: PagesEnd,
  mark: EarlierRow | undefined,
  tools: CollectTools,
  ledger: ItemLedger,
): Generator<Collected> {
  const row = videoRow(id);
  switch (end.kind) {
    case 'end':
      tools.complete(id);
      ledger.complete();
      if (mark) yield { kind: 'withdrawn', id: row };
      break;
    case 'limit':
      tools.complete(id);
      ledger.partial(API_LIMIT);
      yield { kind: 'row', id: row, values: { video_id: id }, request: '', failure: skipped(API_LIMIT, TOO_MANY) };
      break;
    case 'refused':
      ledger.complete();
      yield { kind: 'row', id: row, values: {}, request: end.request, failure: failed(end.code, end.message) };
      break;
    case 'failed':
      ledger.partial(reasonOf(end.code));
      break;
    case 'stopped':
  }
}

const TOO_MANY = `The video has more comments than the ${MOST_COMMENTS} that the API gives.`;
