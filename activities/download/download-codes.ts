import { failed, type NotMade } from '../step-kind.ts';

/** Why there is no video, a sentence for each code. */
export const DOWNLOAD_CODES = {
  removed: 'The site says that the video, or its account, is gone.',
  private: 'The video or its account is private: only those whom its owner lets may see it.',
  login_needed: 'The site shows the video only to somebody who is logged in. `cookies_file` logs in.',
  region_blocked: 'The site says that the video may not be seen from this country.',
  ip_blocked:
    'The site turns this machine away, whatever it asks for (403, a captcha, "not a bot"). Wait, ask more slowly, or ask from another network.',
  blocked_or_removed:
    'TikTok answers 10204: the video is gone, or may not be seen from this network or country; TikTok does not say which. The Research API (`tiktok/by-id`) can tell.',
  unavailable: 'The site says that there is no video to see, and not why. Its own words are in the message.',
  not_a_video: 'There is a page or a file, and no video in it.',
  several_videos: 'The address leads to several videos, such as a playlist, an account or an album.',
  live: 'It is a live stream.',
  too_large: 'The video has more bytes than max_bytes.',
  too_long: 'The video is longer than max_duration_s.',
  format_unavailable: 'There are videos, and none that `format` asks for, or all are protected against copies (DRM).',
  unsafe_url:
    'The address is no http or https address, has a password in it, or leads to a private address, such as a server inside the own network.',
  http_error: 'The server refused with another status than those above; the message says which.',
  rate_limited:
    'The site said "too many requests" (429) at each try. Passes: ask again later, with fewer requests_per_minute.',
  server_error: "The site's server failed (5xx) at each try. Passes: ask again later.",
  network_error: 'No connection, or one that broke off at each try. Passes: ask again later.',
  timed_out: 'It took longer than timeout_s. Passes: ask again later.',
  extractor_broken:
    'yt-dlp no longer understands the site, which changes every few weeks. Update yt-dlp (`gettok doctor` says which is used and how it is installed), then ask again.',
} as const;

export type DownloadCode = keyof typeof DOWNLOAD_CODES;

/** Gone after a while by themselves: tried again at once a few times, and worth `--retry failed:<code>` later. */
export const PASSING_DOWNLOADS: ReadonlySet<string> = new Set<DownloadCode>([
  'rate_limited',
  'server_error',
  'network_error',
]);

export const failedDownload = (code: DownloadCode, said: string | null = null): NotMade => failed(code, said);
