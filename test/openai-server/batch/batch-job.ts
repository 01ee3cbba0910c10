import { hash } from 'node:crypto';
import type { Fault } from '../fault.ts';
import type { LineAnswer } from './answer-batch-line.ts';
import { readBatchInput, type BatchInputLine, type BatchLimits } from './batch-input.ts';
import type { StoredFiles } from './stored-files.ts';
import { seconds, type WireBatch } from './wire-batch.ts';

/** How long a batch takes from its creation to `completed`; `held` stops it before its next line until it is released. */
export type BatchSpeed = number | 'held';

export interface BatchWorld {
  readonly files: StoredFiles;
  speed(): BatchSpeed;
  limits(): BatchLimits;
  answer(line: BatchInputLine, batch: string): Promise<LineAnswer>;
}

// Shares of the time that a batch takes.
const validated = 0.1;
const answered = 0.9;
const heldCancelMs = 20;

/** One batch at work, whether or not anybody looks. */
export class BatchJob {
  readonly batch: WireBatch;
  readonly #world: BatchWorld;
  readonly #fault: Fault | null;
  readonly #startedMs = Date.now();
  readonly #answers: LineAnswer[] = [];
  #lines: BatchInputLine[] = [];
  #permits = 0;
  #expiring = false;
  #dropped = false;
  #wake: (() => void) | null = null;

  constructor(batch: WireBatch, world: BatchWorld, fault: Fault | null) {
    this.batch = batch;
    this.#world = world;
    this.#fault = fault;
  }

  async work(): Promise<void> {
    try {
      await this.#workThrough();
    } catch (error) {
      this.#fail([{ code: 'test_server_error', message: String(error), line: null, param: null }]);
    }
  }

  /** Of a held batch: lets it answer so many lines more; all of them, and end, unless said. */
  release(lines = Infinity): void {
    this.#permits += lines;
    this.#wake?.();
  }

  /** The window closes: what isn't answered now never will be. */
  expire(): void {
    this.#expiring = true;
    this.#wake?.();
  }

  cancel(): void {
    this.batch.status = 'cancelling';
    this.batch.cancelling_at = seconds();
    this.#wake?.();
  }

  drop(): void {
    this.#dropped = true;
    this.#wake?.();
  }

  /** The speed may be another one. */
  reconsider(): void {
    this.#wake?.();
  }

  get isOpen(): boolean {
    return ['validating', 'in_progress', 'finalizing'].includes(this.batch.status);
  }

  async #workThrough(): Promise<void> {
    const { batch } = this;
    if (this.#world.speed() !== 'held') await this.#until(validated);
    if (this.#fault?.kind === 'batch_failed') return this.#fail([{ line: null, param: null, ...this.#fault.error }]);
    const input = readBatchInput(
      this.#world.files.find(batch.input_file_id)?.bytes ?? Buffer.alloc(0),
      batch.endpoint,
      this.#world.limits(),
    );
    if (input.errors) return this.#fail(input.errors);
    this.#lines = inAnotherOrder(input.lines);
    batch.model = input.model;
    batch.request_counts = { total: this.#lines.length, completed: 0, failed: 0 };
    batch.in_progress_at = seconds();
    if (batch.status === 'validating') batch.status = 'in_progress';
    const expired = this.#fault?.kind === 'batch_expired' ? this.#fault.lines : 0;
    for (const [place, line] of this.#lines.slice(0, this.#lines.length - expired).entries()) {
      await this.#until(validated + ((answered - validated) * (place + 1)) / this.#lines.length);
      if (this.#dropped) return;
      if (batch.status === 'cancelling' || this.#expiring) break;
      this.#permits -= 1;
      await this.#answer(line);
    }
    if (expired > 0 || this.#expiring) return this.#end('expired');
    if (this.batch.status !== 'cancelling') {
      batch.status = 'finalizing';
      batch.finalizing_at = seconds();
      if (this.#world.speed() !== 'held') await this.#until(1);
    }
    if (this.#dropped) return;
    if (!this.#isCancelling()) return this.#end('completed');
    const speed = this.#world.speed();
    await sleep(speed === 'held' ? heldCancelMs : speed * (1 - answered));
    this.#end('cancelled');
  }

  // The status changes while this waits, which the compiler doesn't expect.
  #isCancelling(): boolean {
    return this.batch.status === 'cancelling';
  }

  async #answer(line: BatchInputLine): Promise<void> {
    const answer = await this.#world.answer(line, this.batch.id);
    this.#answers.push(answer);
    const { total, completed, failed } = this.batch.request_counts ?? { total: 0, completed: 0, failed: 0 };
    const ok = answer.status === 200 ? 1 : 0;
    this.batch.request_counts = { total, completed: completed + ok, failed: failed + 1 - ok };
  }

  /** Waits until that share of the time is over, or, held, for a permit. */
  async #until(share: number): Promise<void> {
    for (;;) {
      if (this.#dropped || this.#expiring || this.batch.status === 'cancelling') return;
      const speed = this.#world.speed();
      const leftMs = speed === 'held' ? null : this.#startedMs + speed * share - Date.now();
      if (leftMs === null ? this.#permits > 0 : leftMs <= 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = leftMs === null ? null : setTimeout(resolve, leftMs).unref();
      await promise;
      if (timer !== null) clearTimeout(timer);
      this.#wake = null;
    }
  }

  #fail(errors: NonNullable<NonNullable<WireBatch['errors']>['data']>): void {
    this.batch.status = 'failed';
    this.batch.failed_at = seconds();
    this.batch.errors = { object: 'list', data: errors };
  }

  /** What was answered is kept and paid for. Lines that a cancelled batch never came to are in neither file. */
  #end(status: 'completed' | 'expired' | 'cancelled'): void {
    const { batch } = this;
    const ok = this.#answers.filter((answer) => answer.status === 200);
    const failed = this.#answers.filter((answer) => answer.status !== 200);
    const errors = failed.map(answeredLine);
    if (status === 'expired') errors.push(...this.#lines.slice(this.#answers.length).map(expiredLine));
    batch.output_file_id = this.#write('output', withWrongLine(ok.map(answeredLine).map(lineText), this.#fault));
    batch.error_file_id = this.#write('error', errors.map(lineText));
    batch.request_counts = { total: this.#lines.length, completed: ok.length, failed: errors.length };
    batch.status = status;
    batch[`${status}_at`] = seconds();
  }

  #write(what: string, lines: readonly string[]): string | null {
    if (lines.length === 0) return null;
    const text = lines.map((line) => `${line}\n`).join('');
    return this.#world.files.add(`${this.batch.id}_${what}.jsonl`, 'batch_output', Buffer.from(text)).id;
  }
}

const lineText = (line: object): string => JSON.stringify(line);

function withWrongLine(lines: readonly string[], fault: Fault | null): readonly string[] {
  if (fault?.kind !== 'batch_wrong_line') return lines;
  const at = fault.last ? lines.length - 1 : 0;
  const line = lines[at] ?? '';
  const wrong = {
    half: line.slice(0, line.length / 2),
    unknown_id: line.replace(/"custom_id":"[^"]*"/, '"custom_id":"nobody"'),
    twice: lines.at(at - 1) ?? '',
  }[fault.wrong];
  return lines.with(at, wrong);
}

const answeredLine = ({ customId, requestId, status, body }: LineAnswer): object => ({
  id: `batch_${requestId}`,
  custom_id: customId,
  response: { status_code: status, request_id: requestId, body },
  error: null,
});

const expiredLine = ({ customId }: BatchInputLine): object => ({
  id: `batch_req_${crypto.randomUUID().replaceAll('-', '')}`,
  custom_id: customId,
  response: null,
  error: {
    code: 'batch_expired',
    message: 'This request could not be executed before the completion window expired.',
  },
});

/** The service promises no order: what joins by place instead of by custom_id is to be wrong here too. */
function inAnotherOrder(lines: readonly BatchInputLine[]): BatchInputLine[] {
  const place = new Map(lines.map((line) => [line, hash('sha1', line.customId)]));
  const sorted = lines.toSorted((a, b) => ((place.get(a) ?? '') < (place.get(b) ?? '') ? -1 : 1));
  return sorted.every((line, index) => line === lines[index]) ? sorted.toReversed() : sorted;
}

function sleep(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms).unref();
  return promise;
}
