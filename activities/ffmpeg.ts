/** ffmpeg and ffprobe, run on untrusted files: time and size limits, `file` and `pipe` protocols only, no shell. */
export interface Ffmpeg {
  /** Such as `5.1.9`. */
  version(): Promise<string>;
}
