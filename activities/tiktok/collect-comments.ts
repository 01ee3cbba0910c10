import type { Coverage } from '../../datasets/coverage.ts';
import type { Collected, CollectTools, EarlierRow } from '../collect/collect-tools.ts';
import { failed, skipped } from '../step-kind.ts';
import { readCommentPage } from './comment-page.ts';
import { COMMENT_FIELDS } from './comment-fields.ts';
import { earlierRows, isAskedAgain, ItemLedger, longestAgoFirst } from './item-ledger.ts';
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
  const wanted = new Set(videoIds);
  const ids = await longestAgoFirst(tools, wanted, (id) => id);
  const marks = await earlierRows(tools, new Set(ids.map(videoRow)));
  const complete = await tools.earlier.completeUnits();
  // Their rows leave with them: who comes back is asked for again.
  for (const unit of complete) if (!wanted.has(unit)) tools.abandon(unit);
  const isThere = (id: string) => complete.has(id) || marks.has(videoRow(id));
  const isDone = (id: string) => !isToBeAsked(marks.get(videoRow(id)), complete.has(id), tools);
  const keep = (id: string) => {
    if (marks.get(videoRow(id))?.errorCode === API_LIMIT) ledger.partial(API_LIMIT);
    else ledger.complete();
  };
  for (const [index, id] of ids.entries()) {
    if (isDone(id)) keep(id);
    else if (videoId(id) === null) {
      ledger.complete();
      yield { kind: 'row', id: videoRow(id), values: {}, request: '', failure: failed('invalid_id', NO_ID) };
    } else {
      const { end, begun } = yield* commentsOf(id, tools, rounds, watch);
      if (end.kind === 'stopped') {
        for (const each of ids.slice(index))
          if (isDone(each)) keep(each);
          else if (each === id && begun && !isThere(id)) ledger.partial(end.why);
          else ledger.left(isThere(each), end.why);
        break;
      }
      yield* outcome(id, end, { mark: marks.get(videoRow(id)), isThere: isThere(id) }, tools, ledger);
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
): AsyncGenerator<Collected, { readonly end: PagesEnd; readonly begun: boolean }> {
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
      return { end: value, begun: seen.size > 0 };
    }
    watch.answered();
    yield* readCommentPage(value, id, seen, tools);
  }
}

function* outcome(
  id: string,
  end: Exclude<PagesEnd, { kind: 'stopped' }>,
  { mark, isThere }: { readonly mark: EarlierRow | undefined; readonly isThere: boolean },
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
      ledger.failed(isThere, end.code);
  }
}

const TOO_MANY = `The video has more comments than the ${MOST_COMMENTS} that the API gives.`;
