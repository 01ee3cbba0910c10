import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

const TAIL_LINES = 100;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** A command of the set-up ended badly; `tail` holds the last lines it printed, the rest is in `log`. */
export class ChildFailedError extends Error {
  /**
   * @param {string} command
   * @param {string} how
   * @param {string} tail
   * @param {string} log
   */
  constructor(command, how, tail, log) {
    super(`${command} ${how}; its output is in ${log}`);
    this.name = 'ChildFailedError';
    this.tail = tail;
  }
}

/**
 * Runs a command with its output going to a log file.
 *
 * @param {string} command
 * @param {string[]} args handed over as they are: no shell
 * @param {{ log: string, cwd?: string, env?: Record<string, string>, timeoutMs?: number }} options `env` is added to the
 *   environment
 * @returns {Promise<void>} rejects with a ChildFailedError
 */
export async function runChild(command, args, { log, cwd, env, timeoutMs = 20 * 60_000 }) {
  await mkdir(dirname(log), { recursive: true });
  const file = createWriteStream(log, { flags: 'a', mode: 0o600 });
  file.write(`$ ${[command, ...args].join(' ')}\n`);
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: compilers and package scripts a command starts end with it.
    detached: true,
  });
  running.add(child);
  let tail = '';
  /** @param {Buffer} chunk */
  const keep = (chunk) => {
    file.write(chunk);
    tail = (tail + chunk.toString('utf8'))
      .split('\n')
      .slice(-TAIL_LINES - 1)
      .join('\n');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const timer = setTimeout(() => killGroup(child, 'SIGTERM'), timeoutMs);
  try {
    const how = await new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started (${error.message})`));
      child.once('close', (code, signal) => resolve(code === 0 ? null : `ended with ${signal ?? `code ${code}`}`));
    });
    if (how) throw new ChildFailedError([command, ...args.slice(0, 2)].join(' '), how, tail.trim(), log);
  } finally {
    clearTimeout(timer);
    running.delete(child);
    file.end();
  }
}

/** Ends every command of the set-up that still runs, with all that it started. */
export async function endChildren() {
  const children = [...running];
  for (const child of children) killGroup(child, 'SIGTERM');
  const ended = Promise.all(children.map((child) => new Promise((resolve) => child.once('close', resolve))));
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3_000))]);
  for (const child of children) killGroup(child, 'SIGKILL');
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function killGroup(child, signal) {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended already.
  }
}
