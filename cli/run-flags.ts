import { InvalidArgumentError } from 'commander';
import { commandLine, targetWords } from './command-name.ts';
import type { RunOptions } from './prepare-run.ts';

/** Options shared by `plan` and `run`. */
export interface RunFlags {
  readonly branch: string;
  readonly set: readonly string[];
  readonly retry: readonly string[];
  readonly message?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly detach?: boolean;
}

/** For options that may be given several times. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export const toRunOptions = ({ branch, retry, message }: RunFlags): RunOptions => ({
  branch,
  retry,
  message: message ?? null,
});

/** The command that carries a plan out. */
export const runCommandLine = (
  folder: string,
  { branch, set, retry }: Pick<RunFlags, 'branch' | 'set' | 'retry'>,
): string =>
  commandLine(
    'run',
    ...targetWords(folder, branch),
    ...set.flatMap((value) => ['--set', value]),
    ...retry.flatMap((value) => ['--retry', value]),
  );

/** `failed`, or `failed:` and a code. */
export function collectRetry(value: string, before: readonly string[]): string[] {
  if (!/^failed(:[a-z][a-z0-9_]*)?$/.test(value))
    throw new InvalidArgumentError('Expected failed, or failed:<code>, such as failed:refused.');
  return [...before, value];
}

export function parseCount(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(value);
}
