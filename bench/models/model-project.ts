import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import type { RunReport } from '../../test/end-to-end/gettok-process.ts';
import { FaultProject } from '../../test/fault/fault-project.ts';
import { timed } from '../figure.ts';
import { type DatasetSize, ModelDataset, type ModelFields } from './model-dataset.ts';

/** Calls under way at the same time, in the product and in the bare loop. */
export const AT_ONCE = 64;
/** More than are worked on at once, so that nobody waits for the last rows of a partition. */
const BUCKETS = 8;

/** So many rows, of which any 64 may be asked about at a time: 64 is also what a model is asked at most where nothing is said. */
export const sizeOf = (rows: number, buckets = BUCKETS): DatasetSize => ({
  rows,
  buckets,
  concurrency: AT_ONCE,
});

export interface MeasuredRun {
  readonly report: RunReport;
  /** From the start of the command `gettok run` to its end. */
  readonly commandS: number;
  /** From the start of the workflow to its end, as Temporal has them. */
  readonly workflowS: number;
}

/** A project with real services and a model server, each in processes of their own. */
export class ModelProject implements AsyncDisposable {
  readonly faults: FaultProject;

  private constructor(faults: FaultProject) {
    this.faults = faults;
  }

  static async start(): Promise<ModelProject> {
    return new ModelProject(await FaultProject.start('sk-bench', { keepBodies: 20_000 }));
  }

  get server() {
    return this.faults.server;
  }

  /** A dataset whose source step has run, so that a further run does nothing but ask models; the server starts at 0. */
  async collected(name: string, size: DatasetSize, model: ModelFields = {}): Promise<ModelDataset> {
    const dataset = await ModelDataset.make(this.faults.path, name, size, model);
    await this.faults.run(name);
    await dataset.askModels();
    await this.server.reset();
    return dataset;
  }

  async run({ name }: ModelDataset, ...args: readonly string[]): Promise<MeasuredRun> {
    let report: RunReport | undefined;
    const commandS = await timed(async () => {
      report = await this.faults.run(name, ...args);
    });
    return { report: report!, commandS, workflowS: await this.#workflowSeconds(name) };
  }

  /** The bodies of the calls since the last reset, in a file for the bare loop. */
  async recordBodies(): Promise<string> {
    const calls = await this.server.calls({ bodies: true });
    const file = join(this.faults.path, 'bodies.jsonl');
    await writeFile(file, calls.map(({ body }) => `${JSON.stringify(body)}\n`).join(''));
    return file;
  }

  /** What a bare loop takes for the same calls: from the first to the end of the last, and of the processor. */
  async bareLoop(bodies: string): Promise<{ readonly seconds: number; readonly processorMs: number }> {
    await this.server.reset();
    const script = fileURLToPath(new URL('bare-loop.ts', import.meta.url));
    const { stdout } = await execa(process.execPath, [
      script,
      this.server.url,
      this.server.apiKey,
      String(AT_ONCE),
      bodies,
    ]);
    return JSON.parse(stdout) as { seconds: number; processorMs: number };
  }

  async #workflowSeconds(dataset: string): Promise<number> {
    const connection = await Connection.connect({ address: `127.0.0.1:${this.faults.services().temporal!.port}` });
    try {
      const { workflow } = new Client({ connection });
      for await (const { workflowId } of workflow.list()) {
        if (!workflowId.endsWith(`/${dataset}/main`)) continue;
        const { startTime, closeTime } = await workflow.getHandle(workflowId).describe();
        return (closeTime!.getTime() - startTime.getTime()) / 1000;
      }
      throw new Error(`Temporal knows no run of ${dataset}`);
    } finally {
      await connection.close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.faults[Symbol.asyncDispose]();
  }
}
