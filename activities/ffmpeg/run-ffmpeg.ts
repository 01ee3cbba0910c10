import Fluent from 'fluent-ffmpeg';
import type { MediaLimits } from './ffmpeg.ts';
import { FfmpegMissingError, isSpawnFailure } from './ffmpeg-missing-error.ts';
import { optionList } from './option-list.ts';
import { ProcessEndedError } from './process-ended-error.ts';
import { UnusableMediaError } from './unusable-media-error.ts';
import { type Content, untrustedFile } from './untrusted-file.ts';
import { isMachineTrouble, whatFfmpegSaid } from './what-ffmpeg-said.ts';

export interface FfmpegProgram {
  /** Absolute path. */
  readonly path: string;
  /** The whole environment of the process: it has no use for our credentials. */
  readonly env: Readonly<Record<string, string>>;
}

export interface FfmpegCall {
  readonly input: string;
  readonly of: Content;
  readonly inputOptions?: readonly string[];
  readonly outputOptions: readonly string[];
  /** Folder of the output. The name of the output is ours, never a stranger's. */
  readonly folder: string;
  readonly output: string;
}

const QUIET = ['-nostdin', '-hide_banner', ...optionList({ loglevel: 'error', filter_threads: 1 })];
/** Bicubic, without the vector instructions whose results differ from machine to machine. */
export const SCALING = 'bicubic+accurate_rnd+full_chroma_int+bitexact';
/** Without these, the encoder's version and dates get into the output, and the machine into the pixels. */
const SAME_BYTES = optionList({
  threads: 1,
  map_metadata: -1,
  map_chapters: -1,
  fflags: '+bitexact',
  'flags:v': '+bitexact',
  'flags:a': '+bitexact',
  sws_flags: SCALING,
});

/** Runs ffmpeg once, through fluent-ffmpeg, from one file to one output. Ends only when the process has. */
export function runFfmpeg(program: FfmpegProgram, call: FfmpegCall, { signal, timeoutMs }: MediaLimits): Promise<void> {
  const { options, source } = untrustedFile(call.input, call.of);
  // A process whose worker was killed has nobody to stop it: the system does, after this many seconds of work.
  const cpuLimit = optionList({ timelimit: Math.ceil(timeoutMs / 1000) + 1 });
  const command = Fluent({ cwd: call.folder, stdoutLines: 40 })
    .input(source)
    .inputOptions(...QUIET, ...cpuLimit, ...options, ...(call.inputOptions ?? []))
    .outputOptions(...call.outputOptions, ...SAME_BYTES)
    .output(call.output);
  spawnSafely(command, program);

  return new Promise((resolve, reject) => {
    let timedOut = false;
    let timer: NodeJS.Timeout | undefined;
    const abort = () => command.kill('SIGKILL');
    const settle = (done: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      done();
    };
    signal.addEventListener('abort', abort);
    command.on('start', () => {
      // An abort that came before there was a process to kill.
      if (signal.aborted) abort();
      // fluent-ffmpeg's own time-out asks with SIGTERM and doesn't wait for the end.
      timer = setTimeout(() => {
        timedOut = true;
        command.kill('SIGKILL');
      }, timeoutMs);
    });
    command.on('end', () => settle(resolve));
    command.on('error', (error: Error, _stdout: string | null, stderr: string | null) =>
      settle(() =>
        reject(
          signal.aborted ? signal.reason : timedOut ? new UnusableMediaError('timeout') : fault(error, stderr ?? ''),
        ),
      ),
    );
    command.run();
  });

  function fault(error: Error, stderr: string): Error {
    if (isSpawnFailure(error)) return new FfmpegMissingError('ffmpeg', error);
    const bySignal = /^ffmpeg was killed with signal (\w+)/.exec(error.message)?.[1];
    if (bySignal) return ProcessEndedError.bySignal('ffmpeg', bySignal);
    const exitCode = /^ffmpeg exited with code (\d+)/.exec(error.message)?.[1];
    if (exitCode === undefined) return error;
    // 255: it was told to stop (Ctrl-C reaches the whole group), and what it wrote is not all.
    if (exitCode === '255') return new ProcessEndedError('ffmpeg', 'it was told to stop');
    const said = whatFfmpegSaid(stderr, [call.input, call.folder]);
    return isMachineTrouble(stderr)
      ? new ProcessEndedError('ffmpeg', said)
      : new UnusableMediaError('undecodable', said);
  }
}

type Ring = { get(): string };
type Spawn = (
  args: readonly string[],
  options: object,
  started: (process: unknown, stdout: Ring, stderr: Ring) => void,
  ended: (error: Error | undefined, stdout?: Ring, stderr?: Ring) => void,
) => void;
interface Inner {
  ['_spawnFfmpeg']: Spawn;
  ['_getFfmpegPath'](found: (error: null, path: string) => void): void;
}

/**
 * What fluent-ffmpeg has no option for: the path and the environment of this command alone (its path is one for the whole
 * program), and an end that can be told when the process never started (it would throw out of an event handler).
 */
function spawnSafely(command: Fluent.FfmpegCommand, { path, env }: FfmpegProgram): void {
  const inner = command as unknown as Inner;
  const spawn = inner['_spawnFfmpeg'].bind(command);
  const nothing: Ring = { get: () => '' };
  inner['_getFfmpegPath'] = (found) => found(null, path);
  inner['_spawnFfmpeg'] = (args, options, ...callbacks) => {
    const ended = callbacks.pop() as Parameters<Spawn>[3];
    const started = (callbacks.pop() ?? (() => {})) as Parameters<Spawn>[2];
    const told: typeof ended = (error, stdout = nothing, stderr = nothing) => ended(error, stdout, stderr);
    try {
      spawn(args, { ...options, env }, started, told);
    } catch (error) {
      told(error as Error);
    }
  };
}
