import { UnusableMediaError } from './unusable-media-error.ts';

/** The process ended for a reason outside the file: worth another try. */
export class ProcessEndedError extends Error {
  override readonly name = 'ProcessEndedError';
  constructor(program: 'ffmpeg' | 'ffprobe', reason: string) {
    super(`${program} ended early: ${reason}`);
  }

  /** A crash is the file's fault; being told to stop is not. */
  static bySignal(program: 'ffmpeg' | 'ffprobe', signal: string): Error {
    if (['SIGTERM', 'SIGINT', 'SIGHUP'].includes(signal)) return new ProcessEndedError(program, signal);
    return new UnusableMediaError('ffmpeg_crashed', `${program} was ended by ${signal}.`);
  }
}
