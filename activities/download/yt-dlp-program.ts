/** yt-dlp as found on this machine. */
export interface YtDlpProgram {
  /** Absolute path. */
  readonly command: string;
  /** What goes before all other arguments, such as `-m yt_dlp`. */
  readonly args: readonly string[];
  /** Such as `2026.10.26`. */
  readonly version: string;
}
