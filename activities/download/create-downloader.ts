import type { LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { NotMade } from '../step-kind.ts';
import { createPaceKeepers } from '../models/pace/create-pace-keepers.ts';
import { copyCookies } from './cookies-file.ts';
import { PASSING_DOWNLOADS } from './download-codes.ts';
import type { Downloaded, Downloader, DownloadRequest } from './downloader.ts';
import { DownloaderMissingError } from './downloader-missing-error.ts';
import { openGuard } from './guard.ts';
import { guardedLookup } from './guarded-lookup.ts';
import { judgeEnd } from './judge-end.ts';
import { proxyAddress } from './proxy-address.ts';
import { runYtDlp } from './run-yt-dlp.ts';
import { ytDlpArguments, type YtDlpPaths } from './yt-dlp-arguments.ts';
import type { YtDlpProgram } from './yt-dlp-program.ts';

export interface DownloaderSettings extends YtDlpPaths {
  /** Null when there is none. */
  readonly program: YtDlpProgram | null;
  /** The value of a variable in which a dataset has its proxy. */
  readonly variable: (name: string) => string | undefined;
  /** `PATH`, where the program needs other programs to start at all. */
  readonly path: string;
  /** How names are looked up where private addresses are refused; it refuses them. */
  readonly lookup?: LookupFunction;
  /** Before the first retry; each further one waits twice as long. */
  readonly firstWaitMs?: number;
  /** At least 0 and below 1: how much of the longest pause before a request. */
  readonly random?: () => number;
}

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** The step's own concurrency is the limit. */
const UNLIMITED = 64;

export function createDownloader(settings: DownloaderSettings): Downloader {
  const { program, firstWaitMs = FIRST_WAIT_MS, lookup = guardedLookup, random = Math.random } = settings;
  const paces = createPaceKeepers({ share: 1 });

  /** One try, when the pace of the host allows it. */
  async function attempt(request: DownloadRequest, found: YtDlpProgram): Promise<Downloaded | NotMade> {
    const { url, requestsPerMinute, signal } = request;
    const pace = paces.of(url.host, { requestsPerMinute, maxConcurrency: UNLIMITED });
    using slot = await pace.take(0, { signal });
    // Not like clockwork: up to half of the time between two requests.
    await sleep((random() * 30_000) / requestsPerMinute, undefined, { signal });
    const outcome = await fetchVideo(request, found);
    const isTooFast = outcome instanceof NotMade && outcome.code === 'rate_limited';
    slot.answered({ status: isTooFast ? 429 : 200, headers: new Headers() });
    return outcome;
  }

  async function fetchVideo(request: DownloadRequest, found: YtDlpProgram): Promise<Downloaded | NotMade> {
    const { folder, signal, timeoutMs, maxBytes } = request;
    const proxy = proxyAddress(request.proxy, settings.variable);
    // A proxy that was declared is in a network of its own, where addresses mean something else.
    await using guard = proxy === null ? await openGuard(request.allowPrivateAddresses ? null : lookup) : null;
    const through = proxy ?? guard!.url;
    const ended = await runYtDlp({
      program: found,
      args: ytDlpArguments(request, settings),
      folder,
      // In the environment, since everybody on the machine may read the arguments of a process.
      env: {
        PATH: settings.path,
        HOME: folder,
        TMPDIR: folder,
        LANG: 'C.UTF-8',
        PYTHONDONTWRITEBYTECODE: '1',
        http_proxy: through,
        https_proxy: through,
        all_proxy: through,
      },
      maxBytes,
      timeoutMs,
      signal,
    });
    return judgeEnd(ended, request, guard?.refused ?? null);
  }

  return {
    version: program?.version ?? null,
    async download(request) {
      if (!program) throw new DownloaderMissingError();
      if (request.cookiesFile !== null) await copyCookies(request.cookiesFile, request.folder);
      for (let tried = 0; ; tried += 1) {
        const outcome = await attempt(request, program);
        const passes = outcome instanceof NotMade && PASSING_DOWNLOADS.has(outcome.code);
        if (!passes || tried === request.retries) return outcome;
        const waitMs = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** tried) * (1 - random() * 0.25);
        await sleep(waitMs, undefined, { signal: request.signal });
      }
    },
  };
}
