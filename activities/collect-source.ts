import { columnsFromJson } from '../datasets/column-type.ts';
import { partitionOf } from '../datasets/partition.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { stageRows } from '../datasets/row-staging.ts';
import { NO_STATUS } from '../datasets/status-counts.ts';
import type { SourceResult } from '../datasets/step-result.ts';
import { collectFromApi } from './collect/collect-from-api.ts';
import { NOTHING_ASKED } from './models/step-meter.ts';
import type { RunState } from './run-state.ts';
import { storeSourcePartitions } from './source-partitions.ts';
import type { SourceRow, StepKind } from './step-kind.ts';
import type { Waiting } from './wait-for-provider.ts';
import type { ActivityScope, WorkerServices } from './worker-services.ts';

/** Collects all rows of a source and writes its partitions, or says until when nothing can be asked. */
export async function collectSource(
  services: WorkerServices,
  state: RunState,
  kind: StepKind,
  { step, resume }: { readonly step: PlannedStep; readonly resume: string | undefined },
  scope: ActivityScope,
): Promise<SourceResult | Waiting> {
  // An activity that is tried again after its result was written has nothing left to do.
  const already = await state.collected(step.name);
  if (already) return already;
  if (kind.collects && step.collect)
    return collectFromApi(services, state, { step, collects: kind.collects, collect: step.collect, resume }, scope);
  const progress = { step: step.name, partition: null, rows: 0, done: 0, computed: 0, reused: 0 };
  const beat = setInterval(() => scope.heartbeat({ ...progress, ...NO_STATUS, ...NOTHING_ASKED }), 1000);
  const { plan } = state;
  try {
    const rows = kind.rows!(step.params, plan.folder, columnsFromJson(step.columns), scope.signal);
    const counted = counting(rows, () => (progress.rows += 1));
    await using staged = await stageRows(counted, (row) => partitionOf(plan.partition, row), {
      folder: services.scratchFolder,
    });
    const partitions = await storeSourcePartitions(services, state, step, staged, {
      signal: scope.signal,
      stored: (stored) => (progress.done += stored),
    });
    return await state.putSource(step.name, { partitions });
  } finally {
    clearInterval(beat);
  }
}

async function* counting(rows: AsyncIterable<SourceRow>, count: () => void): AsyncIterable<SourceRow> {
  for await (const row of rows) {
    count();
    yield row;
  }
}
