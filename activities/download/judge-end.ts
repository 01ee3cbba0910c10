import { basename, join } from 'node:path';
import { z } from 'zod';
import type { NotMade } from '../step-kind.ts';
import { classifyFailure } from './classify-failure.ts';
import { failedDownload } from './download-codes.ts';
import type { Downloaded, DownloadRequest } from './downloader.ts';
import type { YtDlpEnd } from './run-yt-dlp.ts';
import { DONE, FACTS } from './yt-dlp-arguments.ts';

const factsShape = z.object({
  duration: z.number().optional(),
  is_live: z.boolean().optional(),
  playlist_count: z.number().optional(),
  n_entries: z.number().optional(),
  playlist_index: z.number().optional(),
});
const doneShape = z.object({
  filepath: z.string(),
  ext: z.string(),
  format_id: z.string().optional(),
  extractor_key: z.string(),
});

/** What it ends with when the page is none of those that were asked for. */
const FILTERED = 101;
const WRONG_USE = 2;

/** What a run of yt-dlp brought, or why it brought nothing; `refused` is what the guard refused meanwhile. */
export function judgeEnd(
  { exitCode, ended, stdout, stderr }: YtDlpEnd,
  { folder, maxBytes, maxDurationS, timeoutMs }: DownloadRequest,
  refused: string | null,
): Downloaded | NotMade {
  if (ended === 'timed_out') return failedDownload('timed_out', `It took longer than ${timeoutMs / 1000} s.`);
  if (ended === 'too_large') return failedDownload('too_large', `It has more than ${maxBytes} bytes.`);
  // A download that ended well had no need of what was refused on its way, such as a picture.
  const done = lastOf(stdout, DONE, doneShape);
  if (exitCode === 0 && done) {
    return {
      path: join(folder, basename(done.filepath)),
      extension: /^[a-z0-9]{1,10}$/.test(done.ext) ? done.ext : 'video',
      format: done.format_id ?? null,
      site: done.extractor_key,
    };
  }
  const said = whatYtDlpSaid(stderr);
  if (refused !== null) return failedDownload('unsafe_url', refused);
  if (exitCode === WRONG_USE) throw new Error(`yt-dlp was run wrongly: ${said}`);
  if (exitCode === FILTERED) return filtered(stdout, maxDurationS);
  const tooLarge = /File is larger than max-filesize \(([^)]*)\)/.exec(stdout);
  if (tooLarge) return failedDownload('too_large', tooLarge[1]);
  if (exitCode === 0) return failedDownload('not_a_video', 'The page is an empty list.');
  return failedDownload(classifyFailure(said), said);
}

function filtered(stdout: string, maxDurationS: number): NotMade {
  const facts = lastOf(stdout, FACTS, factsShape);
  // An entry of a list is turned away before its page is looked at.
  if (!facts) return failedDownload('several_videos');
  const entries = Math.max(facts.playlist_count ?? 0, facts.n_entries ?? 0, facts.playlist_index ?? 0);
  if (facts.is_live) return failedDownload('live');
  if (entries > 1) return failedDownload('several_videos');
  if ((facts.duration ?? 0) > maxDurationS)
    return failedDownload('too_long', `It lasts ${facts.duration} s; at most ${maxDurationS} s are accepted.`);
  return failedDownload('unsafe_url', 'The video is to be had only by another protocol than http.');
}

function lastOf<T>(stdout: string, mark: string, shape: z.ZodType<T>): T | null {
  const line = stdout.split('\n').findLast((each) => each.startsWith(mark));
  return line === undefined ? null : shape.parse(JSON.parse(line.slice(mark.length)));
}

const MOST_SAID = 500;

/** Its errors, without the advice that goes to who runs it by hand, or where the proxy and its password are. */
export function whatYtDlpSaid(stderr: string): string {
  const errors = stderr.split('\n').filter((line) => line.startsWith('ERROR:'));
  return (errors.length > 0 ? errors : stderr.trim().split('\n').slice(-3))
    .map((line) => line.replace(/^ERROR: /, '').replace(/\/\/\S*@/g, '//'))
    .join('; ')
    .slice(0, MOST_SAID);
}
