import { GettokError } from '../../manifests/gettok-error.ts';

/** The dataset asks for downloads, and there is nothing here that downloads. */
export class DownloaderMissingError extends GettokError {
  override readonly name = 'DownloaderMissingError';
  constructor(cause?: unknown) {
    super(
      cause === undefined
        ? 'media/download needs yt-dlp, and it is not on this machine. `gettok doctor` says how to get it; then run again.'
        : `yt-dlp can't be started (${String((cause as NodeJS.ErrnoException).code)}). \`gettok doctor\` says how to get it.`,
    );
    this.cause = cause;
  }
}
