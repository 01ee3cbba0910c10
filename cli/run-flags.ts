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

/** The command that carries a plan out, as a person would type it in a POSIX shell. */
export function runCommandLine(
  folder: string,
  { branch, set, retry }: Pick<RunFlags, 'branch' | 'set' | 'retry'>,
): string {
  const words = ['gettok', 'run', ...(folder === '.' ? [] : [folder])];
  if (branch !== 'main') words.push('--branch', branch);
  for (const value of set) words.push('--set', value);
  for (const value of retry) words.push('--retry', value);
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
