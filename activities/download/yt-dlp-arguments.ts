import { cookiesCopy } from './cookies-file.ts';
import { untrustedOptions } from '../ffmpeg/untrusted-file.ts';
import type { DownloadRequest } from './downloader.ts';

/** Lines of yt-dlp's output that are for us begin so; a stranger's title can't, since it has no line of its own. */
export const FACTS = 'gettok-facts ';
export const DONE = 'gettok-done ';

export interface YtDlpPaths {
  readonly ffmpegPath: string;
  /** Runs the scripts that some sites' pages need; yt-dlp lets it touch neither files nor the network. */
  readonly nodePath: string;
}

/** How yt-dlp is run, whatever is on the machine: no configuration, plugin, cache or program of somebody else's. */
export function ytDlpArguments(request: DownloadRequest, { ffmpegPath, nodePath }: YtDlpPaths): string[] {
  const { url, folder, format, maxBytes, maxDurationS, cookiesFile } = request;
  return [
    '--ignore-config',
    '--no-plugin-dirs',
    '--no-remote-components',
    '--no-exec',
    '--no-cache-dir',
    '--no-js-runtimes',
    `--js-runtimes=node:${nodePath}`,
    // A file is stored as it came. Only picture and sound that come apart are put together, by ffmpeg, which is to read
    // these two files and nothing that they point to.
    '--fixup=never',
    `--ffmpeg-location=${ffmpegPath}`,
    `--postprocessor-args=ffmpeg_i:${untrustedOptions('container').join(' ')}`,
    // What its own downloaders can't do is done by other programs, which go their own ways.
    '--downloader=native',
    '--color=never',
    '--no-progress',
    '--no-mtime',
    '--no-quiet',
    '--no-warnings',
    '--no-playlist',
    '--playlist-items=1:2',
    `--break-match-filters=${filterOf(maxDurationS)}`,
    `--max-filesize=${maxBytes}`,
    `--format=${format}`,
    // A new try may be given other bytes: only within one is a broken connection gone on with.
    '--no-continue',
    '--socket-timeout=20',
    '--retries=3',
    '--fragment-retries=3',
    '--extractor-retries=1',
    '--retry-sleep=exp=0.5:8',
    '--retry-sleep=fragment:exp=0.5:8',
    '--abort-on-unavailable-fragments',
    ...(cookiesFile === null ? [] : [`--cookies=${cookiesCopy(folder)}`]),
    `--print=pre_process:${FACTS}%(.{duration,is_live,playlist_count,n_entries,playlist_index})j`,
    `--print=after_move:${DONE}%(.{filepath,ext,format_id,extractor_key})j`,
    '--output=video.%(ext)s',
    '--',
    url.href,
  ];
}

/** A page that breaks it ends yt-dlp with code 101. */
const filterOf = (maxDurationS: number): string =>
  [
    '!is_live',
    `duration <=? ${maxDurationS}`,
    'playlist_count <? 2',
    'n_entries <? 2',
    'playlist_index <? 2',
    // Only web addresses can be kept within bounds.
    "protocol !~= '^(rtmp|rtsp|mms|ftp|websocket)'",
  ].join(' & ');
