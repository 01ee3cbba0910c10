import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { readServicesState, type ServicesState } from '../../cli/services/services-state.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { RunReport } from '../end-to-end/gettok-process.ts';
import { RemoteOpenAIServer } from '../openai-server/remote-openai-server.ts';
import { until } from '../until.ts';

const program = fileURLToPath(new URL('../../bin/gettok', import.meta.url));

/** Rows of a day that are asked about at the same time, and days that are worked on side by side. */
const CONCURRENCY = 2;
const DAYS = 3;
/** Calls that can be under way at most: what a kill may cost. */
export const SLOTS = CONCURRENCY * DAYS;

/** A setting under which a killed worker is missed sooner than the usual 20 s, for files that kill several. */
export const MISSED_SOON = { GETTOK_WORKER_SILENCE_S: '6' };

/** Longer than a command takes on a slow machine. */
const HOLD_MS = 20_000;

export interface ProjectStatus {
  readonly run: string | null;
  readonly state: string | null;
  readonly version: string | null;
}

/** Real services and the real command line in a folder of their own, and models in a process that outlives all of it. */
export class FaultProject implements AsyncDisposable {
  readonly path: string;
  readonly server: RemoteOpenAIServer;
  /** What else is in the environment of its commands. */
  readonly more: Record<string, string> = {};
  readonly #running = new Set<{ kill(signal: 'SIGKILL'): boolean }>();

  private constructor(path: string, server: RemoteOpenAIServer) {
    this.path = path;
    this.server = server;
  }

  static async start(apiKey = 'sk-test', { keepBodies = 1000 } = {}): Promise<FaultProject> {
    const server = await RemoteOpenAIServer.start({ apiKeys: [apiKey], keepBodies });
    return new FaultProject(await mkdtemp(join(tmpdir(), 'gettok-fault-')), server);
  }

  /** A dataset of texts, with two steps that ask a model: `stance` reads what `summary` was answered. */
  async dataset(name: string, { rowsADay = 4, marker = 'texto' } = {}): Promise<{ readonly rows: number }> {
    const folder = join(this.path, name);
    await mkdir(join(folder, 'prompts'), { recursive: true });
    const rows = Array.from({ length: DAYS * rowsADay }, (_, index) => ({
      id: idOf(index),
      create_time: 1_670_400_000 + (index % DAYS) * 86_400,
      words: `${marker} numero ${index} de la plaza`,
    }));
    await writeFile(join(folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await writeFile(join(folder, 'prompts/summary.md'), 'Summarise:\n{{video.words}}\n');
    await writeFile(join(folder, 'prompts/stance.md'), 'Which stance?\n{{summary.summary}} {{summary.place}}\n');
    await writeFile(
      join(folder, 'dataset.yaml'),
      `dataset: ${name}
partition: { by: create_time, every: day }
models:
  gpt: { provider: openai, model: gpt-4o-2024-11-20 }
steps:
  video: { uses: import/table, with: { path: rows.jsonl, id: id } }
  summary:
    uses: ai/generate
    needs: [video]
    with: { model: gpt, prompt: prompts/summary.md, output: { summary: string, place: string }, concurrency: ${CONCURRENCY} }
  stance:
    uses: ai/classify
    needs: [summary]
    with: { model: gpt, prompt: prompts/stance.md, labels: [support, no support, neutral], concurrency: ${CONCURRENCY} }
`,
    );
    return { rows: rows.length };
  }

  /** How the program calls itself in what it tells a person to type. */
  get command(): string {
    return relative(this.path, program);
  }

  get environment(): Record<string, string> {
    return {
      OPENAI_API_KEY: this.server.apiKey,
      OPENAI_BASE_URL: this.server.url,
      GETTOK_PROJECT: this.path,
      NO_COLOR: '1',
      ...this.more,
    };
  }

  /** Starts a command and leaves it going. Its own process group, as a shell gives it, so that signals reach it alone. */
  start(args: readonly string[], environment: Record<string, string> = {}) {
    const command = execa(program, args, {
      cwd: this.path,
      env: { ...this.environment, ...environment },
      reject: false,
      stdin: 'ignore',
      all: true,
      detached: true,
    });
    this.#running.add(command);
    void command.finally(() => this.#running.delete(command));
    return command;
  }

  async gettok(args: readonly string[], environment: Record<string, string> = {}) {
    return this.start(args, environment);
  }

  /** A command that must succeed and print one JSON value. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { exitCode, stdout, all } = await this.gettok([...args, '--json']);
    if (exitCode !== 0) throw new Error(`gettok ${args.join(' ')} ended with ${exitCode}:\n${all}`);
    return JSON.parse(stdout) as T;
  }

  run = (dataset: string, ...args: readonly string[]) => this.json<RunReport>('run', dataset, '--yes', ...args);
  status = (dataset: string) => this.json<ProjectStatus>('status', dataset);
  manifest = (dataset: string) => this.json<Manifest & { version: string }>('show', 'main', '--folder', dataset);

  services(): ServicesState {
    const state = readServicesState(this.path);
    if (!state) throw new Error('no services have run here');
    return state;
  }

  /** Until the models have answered so many calls; those that come then wait, so that the run is still at work later. */
  async holdAfter(answers: number): Promise<void> {
    await until(`${answers} answers`, async () => {
      const { total, inFlight } = await this.server.counts();
      return total - inFlight >= answers;
    });
    await this.server.configure({ latencyMs: HOLD_MS });
    await until('calls in flight', async () => (await this.server.counts()).inFlight > 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const command of this.#running) command.kill('SIGKILL');
    await this.gettok(['down']);
    await this.server.close();
    await rm(this.path, { recursive: true, force: true });
  }
}

export const idOf = (index: number) => String(7_174_390_048_999_885_000n + BigInt(index * 7));

/** What the values are, whatever run made them at whatever price. */
export const valuesOf = ({ state }: Manifest) =>
  Object.fromEntries(
    Object.entries(state.steps).map(([step, { partitions }]) => [
      step,
      Object.fromEntries(
        Object.entries(partitions).map(([partition, { values, counts }]) => [partition, { values, counts }]),
      ),
    ]),
  );

/** Rows of a step by what became of them. */
export function countsOf({ state }: Manifest, step: string): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { counts } of Object.values(state.steps[step]!.partitions)) {
    for (const [code, rows] of Object.entries({ ok: counts.ok, ...counts.skipped, ...counts.failed }))
      if (rows > 0) sum[code] = (sum[code] ?? 0) + rows;
  }
  return sum;
}
