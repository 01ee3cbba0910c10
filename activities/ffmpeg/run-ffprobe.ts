import { execFile } from 'node:child_process';
import type { MediaLimits } from './ffmpeg.ts';
import { FfmpegMissingError, isSpawnFailure } from './ffmpeg-missing-error.ts';
import { ProcessEndedError } from './process-ended-error.ts';
import { UnusableMediaError } from './unusable-media-error.ts';
import { untrustedFile } from './untrusted-file.ts';
import { isMachineTrouble, whatFfmpegSaid } from './what-ffmpeg-said.ts';

const MAX_OUTPUT = 4 * 1024 * 1024;

/**
 * Runs ffprobe on a container and gives its JSON. Without fluent-ffmpeg: its `ffprobe()` can't be stopped, and it parses
 * a line format in which a tag of the file can pose as a field.
 */
export async function runFfprobe(
  program: { readonly path: string; readonly env: Readonly<Record<string, string>> },
  file: string,
  ask: readonly string[],
  { signal, timeoutMs }: MediaLimits,
): Promise<unknown> {
  const { options, source } = untrustedFile(file, 'container');
  const args = ['-v', 'error', '-of', 'json', ...ask, ...options, '-i', source];
  const json = await new Promise<string>((resolve, reject) => {
    // Its own `signal` option gives up before the process has ended.
    const abort = () => child.kill('SIGKILL');
    signal.addEventListener('abort', abort);
    const child = execFile(
      program.path,
      args,
      { env: program.env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT, windowsHide: true },
      (error, stdout, stderr) => {
        signal.removeEventListener('abort', abort);
        if (!error) {
          resolve(stdout);
          return;
        }
        reject(reason());

        function reason(): unknown {
          if (signal.aborted) return signal.reason;
          if (isSpawnFailure(error)) return new FfmpegMissingError('ffprobe', error);
          if (String(error?.code).includes('MAXBUFFER'))
            return new UnusableMediaError('too_large', 'ffprobe says too much.');
          if (error?.killed) return new UnusableMediaError('timeout');
          if (error?.signal) return ProcessEndedError.bySignal('ffprobe', error.signal);
          const said = whatFfmpegSaid(stderr, [file]);
          return isMachineTrouble(stderr)
            ? new ProcessEndedError('ffprobe', said)
            : new UnusableMediaError('not_a_video', said);
        }
      },
    );
  });
  return JSON.parse(json) as unknown;
}
