import { GettokError } from '../../manifests/gettok-error.ts';

/** The program can't be started at all. */
export class FfmpegMissingError extends GettokError {
  override readonly name = 'FfmpegMissingError';
  readonly program: 'ffmpeg' | 'ffprobe';
  constructor(program: 'ffmpeg' | 'ffprobe', cause: unknown) {
    super(
      `${program} can't be started (${(cause as NodeJS.ErrnoException).code}). \`gettok doctor\` says how to get it.`,
    );
    this.program = program;
    this.cause = cause;
  }
}

/** `spawn` failed, before the program ran. */
export const isSpawnFailure = (error: unknown): boolean =>
  String((error as NodeJS.ErrnoException | null)?.syscall).startsWith('spawn');
