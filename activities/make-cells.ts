import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import type { Digest } from '../manifests/digest.ts';
import type { Call } from '../datasets/call.ts';
import type { Cell } from '../datasets/cell.ts';
import type { CellValue } from '../datasets/column-type.ts';
import type { PlannedStep, RunPlan } from '../datasets/plan/run-plan.ts';
import { NotMade, skipped, type StepKind } from './step-kind.ts';
import type { WorkerServices } from './worker-services.ts';

/** A row as a step sees it: its inputs by role, and the cell key they give. */
export interface KeyedRow {
  readonly id: string;
  readonly cellKey: Digest;
  readonly inputs: { readonly [role: string]: CellValue };
}

/** A cell that has to be made. */
export interface PendingCell extends KeyedRow {
  /** It failed before and is asked again: what a model answered then doesn't count. */
  readonly askAgain: boolean;
}

/** How many cells of one step partition are made at the same time where the declaration doesn't say. */
const AT_ONCE = { main: 8, media: 4, files: 4, ai: 8 } as const;

/**
 * Makes cells side by side. Each is handed to `made` the moment it is there. After a failure no further cell is begun,
 * but those in the making are finished, since some are paid for; then the failure is thrown.
 */
export async function makeCells(
  services: WorkerServices,
  kind: StepKind,
  { plan, step }: { readonly plan: RunPlan; readonly step: PlannedStep },
  pending: readonly PendingCell[],
  signal: AbortSignal,
  made: (cell: Cell) => void,
): Promise<void> {
  const declared = step.tuning['concurrency'];
  const concurrency = typeof declared === 'number' ? declared : AT_ONCE[kind.queue];
  const failures: unknown[] = [];
  const attempt = async (cell: PendingCell) => {
    if (failures.length > 0) return;
    try {
      made(await makeCell(services, kind, { plan, step }, cell, signal));
    } catch (error) {
      failures.push(error);
    }
  };
  await pMap(pending, attempt, { concurrency, signal });
  if (failures.length > 0) throw failures[0];
}

async function makeCell(
  services: WorkerServices,
  kind: StepKind,
  { plan, step }: { readonly plan: RunPlan; readonly step: PlannedStep },
  { id, cellKey, inputs, askAgain }: PendingCell,
  signal: AbortSignal,
): Promise<Cell> {
  const calls: Call[] = [];
  const outcome = await attempt();
  const base = {
    id,
    cellKey,
    run: plan.run,
    software: Object.entries(services.software)
      .map(([name, version]) => `${name}/${version}`)
      .join(' '),
    calls,
  };
  if (outcome instanceof NotMade) {
    const values = Object.fromEntries(step.columns.map(({ name }) => [name, null]));
    return { ...base, values, status: outcome.status, errorCode: outcome.code, errorMessage: outcome.message };
  }
  return { ...base, values: outcome, status: 'ok', errorCode: null, errorMessage: null };

  async function attempt(): Promise<NotMade | Cell['values']> {
    const missing = Object.entries(step.reads).find(([role, read]) => read.required && (inputs[role] ?? null) === null);
    if (missing) return skipped('no_input', `${missing[1].step}.${missing[1].column} has no value`);
    const scratch = await mkdtemp(join(services.scratchFolder, 'cell-'));
    try {
      const { dataset, run, folder } = plan;
      const tools = services.cellTools({
        dataset,
        run,
        folder,
        id,
        step: step.name,
        scratch,
        tuning: step.tuning,
        signal,
        askAgain,
        record: (call) => calls.push(call),
      });
      signal.throwIfAborted();
      return (await kind.cell!(inputs, step.params, tools)) as NotMade | Cell['values'];
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
}
