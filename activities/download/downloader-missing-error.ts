import { GettokError } from '../../manifests/gettok-error.ts';

/** The dataset asks for downloads, and there is nothing here that downloads. */
export class DownloaderMissingError extends GettokError {
  override readonly name = 'DownloaderMissingError';
  constructor(cause?: unknown) {
    const what =
      cause === undefined
        ? 'media/download needs yt-dlp, and it is not on this machine.'
        : `yt-dlp can't be started (${(cause as NodeJS.ErrnoException).code}).`;
    // A worker looks for it once, when it starts.
    super(`${what} \`gettok doctor\` says how to get it. Then  gettok down  and run again.`);
    this.cause = cause;
  }
}
