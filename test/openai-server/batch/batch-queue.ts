import type { Fault } from '../fault.ts';
import { OpenAIError } from '../openai-error.ts';
import { BatchJob, type BatchWorld } from './batch-job.ts';
import type { WireBatch } from './wire-batch.ts';

/** The batches of the account, oldest first. */
export class BatchQueue {
  readonly #jobs = new Map<string, BatchJob>();
  readonly #world: BatchWorld;

  constructor(world: BatchWorld) {
    this.#world = world;
  }

  /** A batch that is to be lost is forgotten before it begins: nobody works for it and nobody knows it. */
  add(batch: WireBatch, fault: Fault | null): WireBatch {
    if (fault?.kind === 'batch_lost') return batch;
    const job = new BatchJob(batch, this.#world, fault);
    this.#jobs.set(batch.id, job);
    void job.work();
    return batch;
  }

  get(id: string): WireBatch {
    return this.#job(id).batch;
  }

  get newestFirst(): WireBatch[] {
    return [...this.#jobs.values()].map(({ batch }) => batch).toReversed();
  }

  cancel(id: string): WireBatch {
    const job = this.#job(id);
    if (job.isOpen) job.cancel();
    else if (job.batch.status !== 'cancelling')
      throw new OpenAIError(409, `Cannot cancel a batch with status '${job.batch.status}'.`);
    return job.batch;
  }

  release(lines?: number): void {
    for (const job of this.#jobs.values()) job.release(lines);
  }

  expire(): void {
    for (const job of this.#jobs.values()) job.expire();
  }

  reconsider(): void {
    for (const job of this.#jobs.values()) job.reconsider();
  }

  clear(): void {
    for (const job of this.#jobs.values()) job.drop();
    this.#jobs.clear();
  }

  #job(id: string): BatchJob {
    const job = this.#jobs.get(id);
    if (job) return job;
    throw new OpenAIError(404, `No batch found with id '${id}'.`);
  }
}
