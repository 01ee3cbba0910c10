import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DownloaderMissingError } from './downloader-missing-error.ts';
import type { YtDlpProgram } from './yt-dlp-program.ts';

export interface YtDlpRun {
  readonly program: YtDlpProgram;
  readonly args: readonly string[];
  /** Where it writes; nothing else may be there. */
  readonly folder: string;
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** It is ended when a file gets larger: not every server says how much it sends. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface YtDlpEnd {
  readonly exitCode: number | null;
  /** Why it was ended by us; null when it ended by itself. */
  readonly ended: 'timed_out' | 'too_large' | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** As much as is kept of each output: a page's title may be long, a site's error too. */
const MAX_OUTPUT = 256 * 1024;
const LOOK_EVERY_MS = 250;

/** Runs yt-dlp once, in a process group of its own, and ends only when the whole group has. */
export function runYtDlp({ program, args, folder, env, maxBytes, timeoutMs, signal }: YtDlpRun): Promise<YtDlpEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.command, [...program.args, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    });
    let ended: YtDlpEnd['ended'] = null;
    const end = () => killGroup(child.pid);
    const endFor = (reason: NonNullable<YtDlpEnd['ended']>) => {
      ended ??= reason;
      end();
    };
    const stdout = keep(child.stdout);
    const stderr = keep(child.stderr);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const timer = setTimeout(() => endFor('timed_out'), timeoutMs);
    const watch = setInterval(() => {
      void largestIn(folder).then((bytes) => {
        if (bytes > maxBytes) endFor('too_large');
      });
    }, LOOK_EVERY_MS);
    const settle = () => {
      clearTimeout(timer);
      clearInterval(watch);
      signal.removeEventListener('abort', end);
      // What it started, such as ffmpeg, ends with it.
      end();
    };
    child.once('error', (error) => {
      settle();
      reject(new DownloaderMissingError(error));
    });
    child.once('close', (exitCode) => {
      settle();
      if (signal.aborted) reject(signal.reason as Error);
      else resolve({ exitCode, ended, stdout: stdout(), stderr: stderr() });
    });
  });
}

function keep(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < MAX_OUTPUT) text += chunk;
  });
  return () => text;
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
}

/** While files come and go: one that is gone when it is looked at has none. */
async function largestIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return Math.max(0, ...sizes);
}
