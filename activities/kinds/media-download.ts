import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { blob, float64, int64, text } from '../../datasets/column-type.ts';
import { checkedUrl } from '../download/checked-url.ts';
import { faultOfCookiesPath, readableCookies } from '../download/cookies-file.ts';
import { DOWNLOAD_CODES, failedDownload } from '../download/download-codes.ts';
import { faultOfProxy } from '../download/proxy-address.ts';
import { faultOfTemplate, filledTemplate, templateReads } from '../download/url-template.ts';
import { failedIfUnusable, UNUSABLE_MEDIA } from '../ffmpeg/unusable-media-error.ts';
import { defineStepKind, NotMade, skipped } from '../step-kind.ts';
import { isSafeId } from '../video-files/safe-id.ts';

/**
 * By the id alone: TikTok finds a video by it whatever name stands before it, and `_` is what yt-dlp itself puts there
 * (`_create_url` in its `extractor/tiktok.py`). An account that is renamed makes no cell new.
 */
const TIKTOK = 'https://www.tiktok.com/@_/video/{id}';

const checked = (faultOf: (value: string) => string | null) =>
  z
    .string()
    .min(1)
    .superRefine((value, context) => {
      const message = faultOf(value);
      if (message) context.addIssue({ code: 'custom', message });
    });

/** The video of each row from the web, by yt-dlp; stored once by its content. */
export const mediaDownload = defineStepKind({
  kind: 'media/download',
  revision: 1,
  summary: 'The video of each row, downloaded by yt-dlp from TikTok, any site that it knows, or a plain address.',
  // Where the cookies file is; and one machine keeps one pace.
  queue: 'files',
  params: z.strictObject({
    url: checked(faultOfTemplate)
      .default(TIKTOK)
      .describe(
        'Address of the video, with `{id}`, `{column}` or `{step.column}` in it, each percent-encoded; ' +
          '`{username|_}` has what stands there without a value; a column alone holds the whole address',
      ),
    format: z
      .string()
      .min(1)
      .default('b[ext=mp4]/b/bv*+ba')
      .describe("yt-dlp's [format selection](https://github.com/yt-dlp/yt-dlp#format-selection)"),
    max_bytes: z.int().min(1).max(2_000_000_000).default(500_000_000).describe('Larger videos fail as too_large'),
    max_duration_s: z.int().min(1).default(3600).describe('Longer videos fail as too_long'),
  }),
  tuning: z.strictObject({
    cookies_file: checked(faultOfCookiesPath)
      .optional()
      .describe("Cookies of a login, in Netscape's format, beside dataset.yaml and readable by nobody else"),
    proxy: checked(faultOfProxy).optional().describe('Proxy to download through, such as socks5://localhost:1080'),
    proxy_env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
      .optional()
      .describe('Variable that holds the address of a proxy with its password'),
    allow_private_addresses: z
      .boolean()
      .default(false)
      .describe('Whether downloads may reach this machine and its own network'),
    requests_per_minute: z.number().positive().max(6000).default(30).describe('Videos asked of one host, at most'),
    retries: z.int().min(0).max(10).default(3).describe('How often network errors, 5xx and 429 are tried again'),
    timeout_s: z.int().positive().default(600).describe('Of one try'),
    concurrency: z.int().min(1).max(64).optional(),
  }),
  codes: {
    ...UNUSABLE_MEDIA,
    ...DOWNLOAD_CODES,
    too_large: 'The video has more bytes than max_bytes.',
    not_a_video: 'There is a page or a file, and no video in it.',
  },
  notes: [
    'Nothing is downloaded unless a declaration has this step. [Downloading videos](../../downloads.md) says what to ' +
      'think of before, and what can be done about each failure.',
    '`url` is the address asked for, `site` and `format` are as yt-dlp calls them, `duration_s` is measured. Cookies, ' +
      'proxy and pace are in no key: a video that is there is never downloaded again for them.',
  ],
  reads: ({ url }, needs) => templateReads(url, needs),
  makes: () => ({
    file: blob('video'),
    file_name: text(),
    byte_length: int64(),
    url: text(),
    site: text(),
    format: text(),
    duration_s: float64(),
  }),
  async cell(inputs, params, { id, folder, scratch, tuning, signal, downloader, ffmpeg, blobs }) {
    const address = filledTemplate(params.url, id, inputs);
    if (address === '') return skipped('no_input', 'The row has no address.');
    const url = checkedUrl(address, tuning.allow_private_addresses);
    if (typeof url === 'string') return failedDownload('unsafe_url', url);
    const timeoutMs = tuning.timeout_s * 1000;
    const video = await downloader.download({
      url,
      folder: scratch,
      format: params.format,
      maxBytes: params.max_bytes,
      maxDurationS: params.max_duration_s,
      cookiesFile: tuning.cookies_file === undefined ? null : await readableCookies(folder, tuning.cookies_file),
      proxy: tuning,
      allowPrivateAddresses: tuning.allow_private_addresses,
      requestsPerMinute: tuning.requests_per_minute,
      retries: tuning.retries,
      timeoutMs,
      signal,
    });
    if (video instanceof NotMade) return video;
    return await failedIfUnusable(async () => {
      const { size } = await stat(video.path, { bigint: true });
      if (size > params.max_bytes) return failedDownload('too_large', `It has ${size} bytes.`);
      const facts = await ffmpeg.probe(video.path, { signal, timeoutMs });
      if (!facts.video) return failedDownload('not_a_video', 'The file has sound and no video in it.');
      if ((facts.durationS ?? 0) > params.max_duration_s)
        return failedDownload('too_long', `It lasts ${facts.durationS} s.`);
      return {
        file: await blobs.putFile(video.path),
        file_name: `${isSafeId(id) ? id : 'video'}.${video.extension}`,
        byte_length: size,
        url: address,
        site: video.site,
        format: video.format,
        duration_s: facts.durationS,
      };
    });
  },
});
