import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Launch, Service } from './launch.ts';
import { identityOf, type ProcessIdentity } from './process-identity.ts';
import { ServiceStartError } from './service-errors.ts';
import type { ServiceEvent } from './service-event.ts';
import { logPath, logTail, openLog } from './service-log.ts';
import { SERVICE_TITLES } from './service-name.ts';
import { SUPERVISED_MARK } from './supervised-mark.ts';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;
/** One that ran so long starts again at once, whatever happened before. */
const HEALTHY_MS = 60_000;
/** One that never became ready is given up after so many starts. */
const STARTS = 4;
const PROBE_EVERY_MS = 40;
const READY_TIMEOUT_MS = 90_000;

export interface ChildSurroundings {
  readonly project: string;
  report(kind: ServiceEvent['kind'], message: string): void;
  /** Called as soon as a process was started and when it has ended, to write it down. */
  record(identity: ProcessIdentity | null): void;
}

/** Runs a service and starts it again whenever it dies, with growing pauses, until it is stopped. */
export class SupervisedChild {
  readonly #service: Service;
  readonly #surroundings: ChildSurroundings;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #process: ChildProcess | null = null;
  #ready = Promise.withResolvers<void>();
  readonly #launched = Promise.withResolvers<void>();
  #isReady = false;
  #gaveUp = false;
  #restart = new AbortController();

  constructor(service: Service, surroundings: ChildSurroundings) {
    this.#service = service;
    this.#surroundings = surroundings;
    this.#ready.promise.catch(() => {});
    this.#launched.promise.catch(() => {});
    this.#ended = this.#superviseUntilStopped();
  }

  /** It could not be started and nobody tries any more. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /** Resolves when the service answers, now or after its restart; rejects when it is given up. */
  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  /** Resolves when it was started for the first time: where it will answer is decided then. Rejects when it is given up. */
  whenLaunched(): Promise<void> {
    return this.#launched.promise;
  }

  /** Ends the process and starts it anew, prepared again; `whenReady` then speaks of the new one. */
  restart(): void {
    if (this.#restart.signal.aborted) return;
    this.#expectReadyAgain();
    this.#restart.abort();
    this.#endProcess();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#ready.reject(new ServiceStartError(this.#service.name, 'it is being stopped'));
    this.#endProcess();
    await this.#ended;
  }

  #endProcess(): void {
    const child = this.#process;
    if (!child) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => killGroup(child), this.#service.graceMs);
    child.once('exit', () => clearTimeout(timer));
  }

  async #superviseUntilStopped(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    let everReady = false;
    while (!signal.aborted) {
      const startedAt = Date.now();
      const { how, wasReady, fatal } = await this.#runOnce();
      if (signal.aborted) break;
      if (this.#restart.signal.aborted) {
        this.#restart = new AbortController();
        failures = 0;
        continue;
      }
      everReady ||= wasReady;
      failures = wasReady && Date.now() - startedAt > HEALTHY_MS ? 1 : failures + 1;
      if (wasReady) this.#expectReadyAgain();
      if (fatal || (!everReady && failures >= STARTS)) return this.#giveUp(fatal ?? this.#startError(how));
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
      this.#surroundings.report('died', `${this.#title} ${how}; starting it again in ${delayMs} ms`);
      await pause(delayMs, AbortSignal.any([signal, this.#restart.signal]));
    }
  }

  get #title(): string {
    return SERVICE_TITLES[this.#service.name];
  }

  /** Starts the process and waits for its end; `fatal` when starting it makes no sense. */
  async #runOnce(): Promise<{ how: string; wasReady: boolean; fatal?: ServiceStartError }> {
    let launch: Launch;
    try {
      launch = await this.#unlessStopped(this.#service.prepare());
    } catch (error) {
      if (error instanceof ServiceStartError) return { how: error.reason, wasReady: false, fatal: error };
      return { how: `could not be prepared: ${String(error)}`, wasReady: false };
    }
    if (this.#stopping.signal.aborted || this.#restart.signal.aborted) return { how: 'was stopped', wasReady: false };
    const child = this.#spawn(launch);
    this.#launched.resolve();
    const over = new AbortController();
    const ended = endOf(child).finally(() => over.abort());
    const line = launch.readyLine === undefined ? null : lineOf(child, launch.readyLine);
    this.#process = child;
    this.#surroundings.record(child.pid === undefined ? null : identityOf(child.pid));
    this.#surroundings.report('starting', `${this.#title} is starting`);
    const answers = line ?? untilProbed(launch, over.signal);
    const timer = setTimeout(() => killGroup(child), READY_TIMEOUT_MS);
    const wasReady = await Promise.race([answers.then(() => true), ended.then(() => false)]);
    clearTimeout(timer);
    if (wasReady && !this.#stopping.signal.aborted && !this.#restart.signal.aborted) {
      this.#surroundings.report('ready', `${this.#title} is ready`);
      this.#isReady = true;
      this.#ready.resolve();
    }
    const how = await ended;
    // What it has started itself (ffmpeg under a worker) must not go on without it.
    killGroup(child);
    this.#process = null;
    this.#surroundings.record(null);
    return { how, wasReady };
  }

  #spawn({ command, args, environment, readyLine }: Launch): ChildProcess {
    const { project } = this.#surroundings;
    const log = openLog(project, this.#service.name);
    const child = spawn(command, args, {
      cwd: project,
      env: { ...environment, [SUPERVISED_MARK]: project },
      stdio: ['ignore', readyLine === undefined ? log : 'pipe', log],
      detached: true,
    });
    if (child.stdout) child.stdout.pipe(createWriteStream('', { fd: log }));
    else closeSync(log);
    return child;
  }

  /** Preparing may wait for other services, which come no more when all are being stopped. */
  async #unlessStopped<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#stopping;
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(new ServiceStartError(this.#service.name, 'it is being stopped'));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    return Promise.race([work, stopped.promise]).finally(() => signal.removeEventListener('abort', stop));
  }

  #expectReadyAgain(): void {
    if (!this.#isReady) return;
    this.#isReady = false;
    this.#ready = Promise.withResolvers();
    this.#ready.promise.catch(() => {});
  }

  #startError(how: string): ServiceStartError {
    const log = logPath(this.#surroundings.project, this.#service.name);
    return new ServiceStartError(this.#service.name, `it ${how}. Its log is ${log} and ends with:\n${logTail(log)}`);
  }

  #giveUp(error: ServiceStartError): void {
    this.#gaveUp = true;
    this.#surroundings.report('died', error.message);
    this.#launched.reject(error);
    this.#ready.reject(error);
  }
}

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`));
  });

const lineOf = (child: ChildProcess, wanted: string): Promise<void> =>
  new Promise((resolve) => {
    if (child.stdout) createInterface(child.stdout).on('line', (line) => line === wanted && resolve());
  });

async function untilProbed({ probe }: Launch, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await probe?.();
      return;
    } catch {
      await pause(PROBE_EVERY_MS, signal);
    }
  }
  // Its end is what counts now.
  await new Promise(() => {});
}

/** Ends early, without an error, when the signal is raised. */
const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => {});

function killGroup(child: ChildProcess | null): void {
  try {
    if (child?.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}
