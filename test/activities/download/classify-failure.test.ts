import { expect, it } from 'vitest';
import { classifyFailure } from '../../../activities/download/classify-failure.ts';
import { whatYtDlpSaid } from '../../../activities/download/judge-end.ts';

const BUG =
  'please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the appropriate issue template. Confirm you are on the latest version using  yt-dlp -U';
const COOKIES =
  'Use --cookies-from-browser or --cookies for the authentication. See  https://github.com/yt-dlp/yt-dlp/wiki/FAQ#how-do-i-pass-cookies-to-yt-dlp  for how to manually pass cookies';

// As yt-dlp 2026.10.26 puts them together in extractor/tiktok.py, extractor/common.py, extractor/generic.py and YoutubeDL.py.
it.each([
  [
    `[TikTok] 7203: You do not have permission to view this post. Log into an account that has access. ${COOKIES}`,
    'private',
  ],
  ['[TikTok] 7203: Your IP address is blocked from accessing this post', 'blocked_or_removed'],
  [`[TikTok] 7203: Video not available, status code 10204; ${BUG}`, 'blocked_or_removed'],
  [`[TikTok] 7203: Video not available, status code 100004; ${BUG}`, 'unavailable'],
  [`[TikTok] 7203: Video not available, status code 0; ${BUG}`, 'extractor_broken'],
  [`[TikTok] 7203: TikTok is requiring login for access to this content. ${COOKIES}`, 'login_needed'],
  [`[TikTok] 7203: This post may not be comfortable for some audiences. Log in for access. ${COOKIES}`, 'login_needed'],
  [`[TikTok] Unable to extract universal data for rehydration; ${BUG}`, 'extractor_broken'],
  [`[TikTok] Unable to extract challenge data; ${BUG}`, 'ip_blocked'],
  [`[TikTok] Unexpected response from webpage request; ${BUG}`, 'ip_blocked'],
  [`[TikTok] Unable to solve JS challenge; ${BUG}`, 'ip_blocked'],
  [`[TikTok] 7203: Unable to extract webpage video data; ${BUG}`, 'extractor_broken'],
  [
    '[TikTok] 7203: Unable to download webpage: HTTP Error 403: Forbidden (caused by <HTTPError 403: Forbidden>)',
    'ip_blocked',
  ],
  [
    '[TikTok] 7203: Requested format is not available. Use --list-formats for a list of available formats',
    'format_unavailable',
  ],
  ['[TikTok] 7203: No video formats found!; ' + BUG, 'not_a_video'],
  [`[youtube] abc: Sign in to confirm you’re not a bot. ${COOKIES}`, 'ip_blocked'],
  [`[youtube] abc: Private video. Sign in if you've been granted access to this video. ${COOKIES}`, 'private'],
  ['[youtube] abc: Video unavailable. This video has been removed by the uploader', 'removed'],
  ['[youtube] abc: Video unavailable', 'removed'],
  ['[vimeo] 1: This video is only available for registered users. ' + COOKIES, 'login_needed'],
  ['[ard] 1: This video is not available from your location due to geo restriction', 'region_blocked'],
  [
    '[generic] a: Got HTTP Error 403 caused by Cloudflare anti-bot challenge; try again with  --extractor-args',
    'ip_blocked',
  ],
  ['[generic] a: Unable to download webpage: HTTP Error 302: Found (caused by <HTTPError 302: Found>)', 'unsafe_url'],
  ['[generic] a: Unable to download webpage: HTTP Error 302: Found (redirect loop detected)', 'http_error'],
  ['[generic] a: Unable to download webpage: HTTP Error 410: Gone (caused by <HTTPError 410: Gone>)', 'removed'],
  [
    '[generic] a: Unable to download webpage: HTTP Error 401: Unauthorized (caused by <HTTPError 401: Unauthorized>)',
    'login_needed',
  ],
  ['[generic] a: Unable to download webpage: HTTP Error 451: Unavailable For Legal Reasons', 'region_blocked'],
  ['[generic] a: Unable to download webpage: HTTP Error 418: I am a teapot', 'http_error'],
  ['[generic] a: Unable to download webpage: HTTP Error 500: Internal Server Error', 'server_error'],
  [
    "[generic] a: Unable to download webpage: [Errno -2] Name or service not known (caused by TransportError('[Errno -2]'))",
    'network_error',
  ],
  ['[generic] a: Unable to download webpage: curl: (35) TLS connect error', 'network_error'],
  ['[download] Got error: Downloaded 3000 bytes, expected 23857 bytes. Giving up after 2 retries', 'network_error'],
  ['Unsupported URL: https://example.org/', 'not_a_video'],
  ['[x] a: This video is DRM protected', 'format_unavailable'],
  [`An extractor error has occurred. (caused by KeyError('x')); ${BUG}`, 'extractor_broken'],
  ['something that nobody has seen', 'extractor_broken'],
])('%s', (said, code) => {
  expect(classifyFailure(said)).toBe(code);
});

it('keeps what yt-dlp says of the error, and no password', () => {
  expect(
    whatYtDlpSaid(
      'WARNING: a\nERROR: [TikTok] 1: gone\nTraceback\nERROR: Unable to connect to proxy http://gettok:secret@127.0.0.1:1/\n',
    ),
  ).toBe('[TikTok] 1: gone; Unable to connect to proxy http://127.0.0.1:1/');
  expect(whatYtDlpSaid('yt-dlp: Killed')).toBe('yt-dlp: Killed');
});
