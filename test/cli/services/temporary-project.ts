import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openMinioStore } from '../../../activities/minio-store.ts';
import { type Configuration, loadConfiguration } from '../../../cli/configuration.ts';
import { type EnsureOptions, ensureServices, type Services } from '../../../cli/services/ensure-services.ts';
import type { ServiceEvent } from '../../../cli/services/service-event.ts';
import { readServicesState, type ServicesState } from '../../../cli/services/services-state.ts';
import { stopServices } from '../../../cli/services/stop-services.ts';

const standIn = fileURLToPath(new URL('stand-in-worker.ts', import.meta.url));

/** A project in a folder of its own, with services that end with it. */
export class TemporaryProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'gettok-services-'));
  readonly events: ServiceEvent[] = [];
  readonly #used: Services[] = [];

  configuration(environment: Record<string, string> = {}): Promise<Configuration> {
    const { PATH, HOME, XDG_CACHE_HOME } = process.env;
    return loadConfiguration({ cwd: this.folder, environment: { PATH, HOME, XDG_CACHE_HOME, ...environment } });
  }

  async ensure(options: EnsureOptions, environment: Record<string, string> = {}): Promise<Services> {
    const services = await ensureServices(await this.configuration(environment), {
      workerCommand: [process.execPath, standIn],
      onEvent: (event) => this.events.push(event),
      ...options,
    });
    this.#used.push(services);
    return services;
  }

  /** This test uses the services no longer, as if its process had ended. */
  release(): void {
    for (const services of this.#used.splice(0)) services.release();
  }

  get state(): ServicesState {
    const state = readServicesState(this.folder);
    if (!state) throw new Error('services.json is missing');
    return state;
  }

  /** What the stand-in worker that started last was given. */
  get worker(): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.folder, 'worker.json'), 'utf8'));
  }

  /** Ids of all processes that name this project's folder, by their command line or environment; zombies don't. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((name) => ['cmdline', 'environ'].some((file) => readProc(name, file).includes(this.folder)))
      .map(Number);
  }

  killEverything(): void {
    for (const pid of this.processes()) process.kill(pid, 'SIGKILL');
  }

  async put(services: Services, key: string, text: string): Promise<void> {
    await (await openMinioStore(services.s3)).put(key, Buffer.from(text));
  }

  async get(services: Services, key: string): Promise<string | undefined> {
    return (await (await openMinioStore(services.s3)).get(key))?.bytes.toString('utf8');
  }

  /** Waits until it holds, such as for an event; fails after half a minute. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await stopServices(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(join('/proc', pid, file), 'utf8');
  } catch {
    return '';
  }
}
