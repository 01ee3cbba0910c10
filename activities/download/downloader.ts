import type { NotMade } from '../step-kind.ts';
import type { DeclaredProxy } from './proxy-address.ts';

/** Brings videos from the web; shared by all cells of a worker, so that it can keep the pace of each host. */
export interface Downloader {
  /** Null when there is no yt-dlp on this machine. */
  readonly version: string | null;
  /**
   * The video of one page, whole, in `folder`; or why there is none. Throws `DownloaderMissingError` without yt-dlp, and
   * the signal's reason when aborted; no process is left then.
   */
  download(request: DownloadRequest): Promise<Downloaded | NotMade>;
}

export interface DownloadRequest {
  /** As `checkedUrl` gives it. */
  readonly url: URL;
  /** Empty, absolute, of this download alone. */
  readonly folder: string;
  /** yt-dlp's format selection. */
  readonly format: string;
  readonly maxBytes: number;
  readonly maxDurationS: number;
  /** A cookies file in Netscape's format; it is copied, since yt-dlp writes it anew. */
  readonly cookiesFile: string | null;
  readonly proxy: DeclaredProxy;
  readonly allowPrivateAddresses: boolean;
  /** Of the host in `url`; a request is one page asked for, however many transfers yt-dlp needs for its video. */
  readonly requestsPerMinute: number;
  /** How often what may pass is tried again. */
  readonly retries: number;
  /** Of one try. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Downloaded {
  readonly path: string;
  /** Such as `mp4`: letters and digits alone. */
  readonly extension: string;
  /** yt-dlp's name of the format taken. */
  readonly format: string | null;
  /** yt-dlp's name of the site, such as `TikTok`; `Generic` for a plain file or any page. */
  readonly site: string;
}
