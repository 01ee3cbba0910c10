import type { DownloadCode } from './download-codes.ts';

/**
 * What yt-dlp's messages mean, first match first. The words are those of yt-dlp 2026.10.26 (github.com/yt-dlp/yt-dlp):
 * `extractor/tiktok.py`, `extractor/common.py`, `networking/exceptions.py`, `YoutubeDL.py`, `downloader/*.py`.
 */
const MEANINGS: readonly (readonly [DownloadCode, RegExp])[] = [
  // tiktok.py: status 10216 is a private post, 10222 a private account; 10204 comes for what is gone as well
  // (yt-dlp#11869, #16605, dinoosauro/tiktok-to-ytdlp#32).
  ['private', /You do not have permission to view this post/],
  ['blocked_or_removed', /Your IP address is blocked from accessing this post|status code 10204\b/],
  // No status at all: the page has another form than the extractor knows, or was no page of a video.
  ['extractor_broken', /Video not available, status code (?:0|-1)\b/],
  ['unavailable', /Video not available, status code \d+/],
  [
    'ip_blocked',
    /Unable to extract challenge data|Unable to solve JS challenge|Unexpected response from webpage request/,
  ],
  ['ip_blocked', /confirm you.{1,3}re not a bot|captcha|anti-bot challenge|IP (?:address )?(?:is|has been) blocked/i],
  [
    'unsafe_url',
    /file:\/\/ URLs are disabled|No connection adapters were found|Protocol "\w+" (?:not supported|disabled)/,
  ],
  // A redirect to what is no web address is left as the error that its status then is.
  ['unsafe_url', /HTTP Error 30\d: (?!.*redirect loop)/],
  [
    'region_blocked',
    /geo.?restrict|not available (?:in|from) your (?:country|location|region)|in your country|HTTP Error 451\b/i,
  ],
  ['private', /\b(?:video|post|account|content|VOD) is private|private (?:video|account|post)/i],
  ['login_needed', /requiring login|log ?in (?:for|to)|only available for registered users|login required|--cookies/i],
  ['removed', /HTTP Error (?:404|410)\b/],
  [
    'removed',
    /(?:has been|was) (?:removed|deleted|terminated)|no longer (?:available|exists)|does(?:n't| not) exist|Video unavailable/i,
  ],
  ['rate_limited', /HTTP Error 429\b|rate.?limit|too many requests/i],
  ['ip_blocked', /HTTP Error 403\b/],
  ['login_needed', /HTTP Error 401\b/],
  ['server_error', /HTTP Error 5\d\d\b|temporarily unavailable/i],
  ['http_error', /HTTP Error \d{3}\b|redirect loop/],
  ['live', /is not currently live|live event (?:will begin|has ended)/i],
  ['format_unavailable', /Requested format is not available|DRM protected/],
  ['not_a_video', /Unsupported URL|No video formats found|There is no video|is not a valid URL/i],
  [
    'network_error',
    /TransportError|IncompleteRead|SSLError|ProxyError|Got error: |timed out|Connection (?:refused|reset|aborted)|Name or service not known|curl: \(\d+\)/,
  ],
  ['extractor_broken', /please report this issue on|Unable to (?:extract|download|parse)|Failed to parse JSON/i],
  ['unavailable', /unavailable|not available/i],
];

/** What a run of yt-dlp that brought no video means, by the lines that it wrote. */
export const classifyFailure = (said: string): DownloadCode =>
  MEANINGS.find(([, words]) => words.test(said))?.[0] ?? 'extractor_broken';
