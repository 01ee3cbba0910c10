import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../cli/main.ts';
import { commandName } from '../../cli/command-name.ts';
import { goOnCommand, runCommandLine, type RunFlags, toRunOptions } from '../../cli/run-flags.ts';

/** The flags that `gettok run` or `plan` gets, or what it says to them. */
function parsed(command: 'run' | 'plan', ...words: string[]): RunFlags {
  const found = createProgram().commands.find((each: Command) => each.name() === command)!;
  found.configureOutput({ writeErr: () => {} }).action(() => {});
  found.parse(words, { from: 'user' });
  return found.opts();
}

describe.each(['run', 'plan'] as const)('the limits of gettok %s', (command) => {
  it.each([
    ['5', 5_000_000_000n],
    ['0.50', 500_000_000n],
    ['$2.5', 2_500_000_000n],
    ['0.000000001', 1n],
    ['123456789.123456789', 123_456_789_123_456_789n],
  ])('take --max-usd %s to the billionth', (text, nanoUsd) => {
    expect(parsed(command, '--max-usd', text).maxUsd).toBe(nanoUsd);
  });

  it.each(['0', '0.00', '-1', '1e3', '.5', '5.', '1,000', '0.0000000001', 'five', '', ' 5'])(
    'refuse --max-usd %j',
    (text) => {
      expect(() => parsed(command, `--max-usd=${text}`)).toThrow(
        `option '--max-usd <amount>' argument '${text}' is invalid. Expected US dollars above 0, with up to 9 decimals, such as 5 or 0.50.`,
      );
    },
  );

  it.each([
    ['5%', { share: 0.05 }],
    ['2.5%', { share: 0.025 }],
    ['0%', { share: 0 }],
    ['100%', { share: 1 }],
    ['0', { rows: 0 }],
    ['250', { rows: 250 }],
  ])('take --max-failures %s', (text, limit) => {
    expect(parsed(command, '--max-failures', text).maxFailures).toEqual(limit);
  });

  it.each(['101%', '-1', '0.5', '5 %', '%', 'some', ''])('refuse --max-failures %j', (text) => {
    expect(() => parsed(command, `--max-failures=${text}`)).toThrow(
      `option '--max-failures <limit>' argument '${text}' is invalid. Expected a share of the rows from 0% to 100%, such as 5%, or a number of rows, such as 100.`,
    );
  });
});

it('hands limits on to the plan, and none where none are given', () => {
  expect(toRunOptions(parsed('run', '--max-usd', '2.5', '--max-failures', '7%', '--batch'))).toEqual({
    branch: 'main',
    retry: [],
    refresh: [],
    maxRequests: null,
    message: null,
    maxNanoUsd: '2500000000',
    maxFailures: { share: 0.07 },
    batch: true,
  });
  expect(toRunOptions(parsed('run'))).toMatchObject({ maxNanoUsd: null, maxFailures: null, batch: false });
});

it('hands on what is asked for again, and how many requests that may take', () => {
  expect(toRunOptions(parsed('run', '--refresh', 'video', '--max-requests', '50'))).toMatchObject({
    refresh: ['video'],
    maxRequests: 50,
  });
  expect(() => parsed('plan', '--max-requests=-1')).toThrow(/Expected a whole number/);
});

it('repeats the limits in the command that carries a plan out', () => {
  const line = (...words: string[]) => runCommandLine('.', parsed('plan', ...words));
  expect(line('--max-usd', '$02.50', '--max-failures', '7%', '--batch', '--branch', 'mini')).toBe(
    `${commandName()} run --branch mini --max-usd 2.5 --max-failures 7% --batch`,
  );
  expect(line('--refresh', 'video', '--max-requests', '50')).toBe(
    `${commandName()} run --max-requests 50 --refresh video`,
  );
  expect(line('--max-failures', '100')).toBe(`${commandName()} run --max-failures 100`);
  expect(line()).toBe(`${commandName()} run`);
});

it('goes on with the same command, and with other limits in place of its own', () => {
  const flags = parsed(
    'run',
    '--max-usd',
    '5',
    '--max-failures',
    '5%',
    '--branch',
    'b',
    '--set',
    'a.b=c d',
    '--retry',
    'failed:refused',
  );
  const goOn = goOnCommand('ex', flags);
  const start = `${commandName()} run ex --branch b --set 'a.b=c d'`;
  expect(goOn()).toBe(`${start} --retry failed:refused --max-usd 5 --max-failures 5%`);
  expect(goOn('--max-usd 6')).toBe(`${start} --retry failed:refused --max-failures 5% --max-usd 6`);
  expect(goOn('--max-failures <more>')).toBe(`${start} --retry failed:refused --max-usd 5 --max-failures <more>`);
  expect(goOn('--retry failed')).toBe(`${start} --max-usd 5 --max-failures 5% --retry failed`);
});
