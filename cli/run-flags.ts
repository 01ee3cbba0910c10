import { InvalidArgumentError, Option } from 'commander';
import { type FailureLimit, failureLimitText, parseFailureLimit } from '../datasets/plan/failure-limit.ts';
import { dollarsText, parseDollars } from '../datasets/prices/dollars.ts';
import { commandLine, targetWords } from './command-name.ts';
import type { GoOnCommand } from './explain-failure.ts';
import type { RunOptions } from './prepare-run.ts';

/** Options shared by `plan` and `run`. */
export interface RunFlags {
  readonly branch: string;
  readonly from?: string;
  readonly set: readonly string[];
  readonly retry: readonly string[];
  /** Billionths of a US dollar. */
  readonly maxUsd?: bigint;
  readonly maxFailures?: FailureLimit;
  readonly batch?: boolean;
  readonly maxRequests?: number;
  /** Source steps that are asked for again. */
  readonly refresh?: readonly string[];
  readonly message?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly detach?: boolean;
}

export const startOption = () =>
  new Option('--from <version>', 'where a branch starts that is not there yet (default: main)');

// What limits a run is taken by `plan` too, so that it can say what the limit lacks.

export const maxUsdOption = () =>
  new Option('--max-usd <amount>', 'the most that its model calls may cost, such as 5 or 0.50').argParser(parseMaxUsd);

export const maxFailuresOption = () =>
  new Option(
    '--max-failures <limit>',
    'stop when more rows of a step fail than a share (5%) or a number (100)',
  ).argParser(parseMaxFailures);

export const batchOption = () =>
  new Option('--batch', "ask through the provider's batches: half the price, answers within a day");

export const maxRequestsOption = () =>
  new Option('--max-requests <n>', 'the most requests that it may send to APIs that rows are collected from').argParser(
    parseCount,
  );

export const refreshOption = () =>
  new Option(
    '--refresh <step>',
    'ask again for what a source has collected, as a new observation; tells what was deleted',
  )
    .argParser(collect)
    .default([]);

/** For options that may be given several times. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export const toRunOptions = ({
  branch,
  from,
  retry,
  message,
  maxUsd,
  maxFailures,
  batch,
  maxRequests,
  refresh,
}: RunFlags): RunOptions => ({
  branch,
  start: from,
  retry,
  refresh: refresh ?? [],
  maxRequests: maxRequests ?? null,
  message: message ?? null,
  maxNanoUsd: maxUsd?.toString() ?? null,
  maxFailures: maxFailures ?? null,
  batch: batch ?? false,
});

/** The command that carries a plan out. */
export const runCommandLine = (
  folder: string,
  {
    branch,
    from,
    set,
    retry,
    maxUsd,
    maxFailures,
    batch,
    maxRequests,
    refresh = [],
  }: Pick<
    RunFlags,
    'branch' | 'from' | 'set' | 'retry' | 'maxUsd' | 'maxFailures' | 'batch' | 'maxRequests' | 'refresh'
  >,
): string =>
  commandLine(
    'run',
    ...targetWords(folder, branch),
    ...(from === undefined ? [] : ['--from', from]),
    ...set.flatMap((value) => ['--set', value]),
    ...retry.flatMap((value) => ['--retry', value]),
    ...(maxUsd === undefined ? [] : ['--max-usd', dollarsText(maxUsd)]),
    ...(maxFailures === undefined ? [] : ['--max-failures', failureLimitText(maxFailures)]),
    ...(batch ? ['--batch'] : []),
    ...(maxRequests === undefined ? [] : ['--max-requests', String(maxRequests)]),
    ...refresh.flatMap((step) => ['--refresh', step]),
  );

/** The command that goes on after such a run; an option such as `--max-usd 10` stands in place of the run's own. */
export function goOnCommand(folder: string, flags: Parameters<typeof runCommandLine>[1]): GoOnCommand {
  return (option) => {
    if (option === undefined) return runCommandLine(folder, flags);
    const { maxUsd, maxFailures, ...others } = flags;
    const replaces = (name: string) => option.startsWith(`${name} `);
    const kept = {
      ...others,
      retry: replaces('--retry') ? [] : flags.retry,
      ...(maxUsd !== undefined && !replaces('--max-usd') && { maxUsd }),
      ...(maxFailures && !replaces('--max-failures') && { maxFailures }),
    };
    return `${runCommandLine(folder, kept)} ${option}`;
  };
}

/** `failed`, or `failed:` and a code. */
export function collectRetry(value: string, before: readonly string[]): string[] {
  if (!/^failed(:[a-z][a-z0-9_]*)?$/.test(value))
    throw new InvalidArgumentError('Expected failed, or failed:<code>, such as failed:refused.');
  return [...before, value];
}

function parseMaxUsd(value: string): bigint {
  const amount = parseDollars(value);
  if (amount === null || amount === 0n)
    throw new InvalidArgumentError('Expected US dollars above 0, with up to 9 decimals, such as 5 or 0.50.');
  return amount;
}

function parseMaxFailures(value: string): FailureLimit {
  const limit = parseFailureLimit(value);
  if (limit === null)
    throw new InvalidArgumentError(
      'Expected a share of the rows from 0% to 100%, such as 5%, or a number of rows, such as 100.',
    );
  return limit;
}

export function parseCount(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(value);
}
