import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Command, controlPath } from './serve-control.ts';

export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Starts a server's `main.ts`, which prints its URL when it is ready. */
export async function startServerProcess(main: URL, args: readonly string[]): Promise<ServerProcess> {
  const all = [fileURLToPath(main), ...args, '--end-with-stdin'];
  const child = spawn(process.execPath, all, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with exit code ${String(code)} before it was ready`);
  });
  const [url] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  ended.catch(() => {});
  return { url: String(url), child };
}

/** A server in a process of its own, which outlives any program under test; it ends with the test that started it. */
export abstract class RemoteServer<C extends Command> implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  protected constructor({ url, child }: ServerProcess) {
    this.url = url;
    this.#child = child;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  protected async send<T>(command: C): Promise<T> {
    const response = await fetch(new URL(controlPath, this.url), { method: 'POST', body: JSON.stringify(command) });
    if (!response.ok) throw new Error(`${command.do}: ${await response.text()}`);
    const body: T = JSON.parse(await response.text());
    return body;
  }
}
