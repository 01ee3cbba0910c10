import { Context } from '@temporalio/activity';
import type { StatusCounts } from '../manifests/manifest.ts';
import type { StepResult } from '../datasets/step-result.ts';
import type { RunActivities, StepActivities, StepActivity, StepCounts } from '../workflows/messages.ts';
import { collectSource } from './collect-source.ts';
import { commitVersion } from './commit-version.ts';
import { listPartitions } from './list-partitions.ts';
import { materializeStep } from './materialize-step.ts';
import { toFailure } from './run-failure.ts';
import { openRunState } from './run-state.ts';
import type { StepKind } from './step-kind.ts';
import type { ActivityScope, WorkerServices } from './worker-services.ts';

/** The activities a worker registers: one a step kind, under the kind's own name, and those of the run itself. */
export function createActivities(services: WorkerServices): RunActivities & StepActivities {
  const reported = async <T>(run: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw await toFailure(services.store, run, error);
    }
  };
  const steps = [...services.kinds.values()].map((kind): [string, StepActivity] => [
    kind.kind,
    (input) =>
      reported(input.run, async () => {
        const results = await stepResults(services, kind, input);
        return { kind: 'done', counts: results.map(countsOf).reduce(add, NO_COUNTS) };
      }),
  ]);
  const run: RunActivities = {
    listPartitions: ({ run: name, plan, cursor }) =>
      reported(name, async () => listPartitions(await openRunState(services.store, name, plan), cursor)),
    commitVersion: ({ run: name, plan, ...temporal }) =>
      reported(name, async () => commitVersion(services, await openRunState(services.store, name, plan), temporal)),
  };
  return { ...Object.fromEntries(steps), ...run } as RunActivities & StepActivities;
}

async function stepResults(
  services: WorkerServices,
  kind: StepKind,
  input: Parameters<StepActivity>[0],
): Promise<readonly StepResult[]> {
  const state = await openRunState(services.store, input.run, input.plan);
  const scope = activityScope();
  const { partition } = input;
  if (partition !== null) return [await materializeStep(services, state, kind, { ...input, partition }, scope)];
  const { partitions } = await collectSource(services, state, kind, state.step(input.step), scope);
  return Object.values(partitions);
}

function activityScope(): ActivityScope {
  const context = Context.current();
  return { signal: context.cancellationSignal, heartbeat: (progress) => context.heartbeat(progress) };
}

const sum = (counts: StatusCounts['failed']) => Object.values(counts).reduce((total, rows) => total + rows, 0);

const countsOf = ({ snapshot, work }: StepResult): StepCounts => ({
  rows: snapshot.rows,
  ok: snapshot.counts.ok,
  skipped: sum(snapshot.counts.skipped),
  failed: sum(snapshot.counts.failed),
  computed: work.computed,
  reused: work.reused,
  calls: work.paid.calls,
  costNanoUsd: work.paid.cost_nano_usd,
});

const NO_COUNTS: StepCounts = {
  rows: 0,
  ok: 0,
  skipped: 0,
  failed: 0,
  computed: 0,
  reused: 0,
  calls: 0,
  costNanoUsd: '0',
};

const add = (a: StepCounts, b: StepCounts): StepCounts => ({
  rows: a.rows + b.rows,
  ok: a.ok + b.ok,
  skipped: a.skipped + b.skipped,
  failed: a.failed + b.failed,
  computed: a.computed + b.computed,
  reused: a.reused + b.reused,
  calls: a.calls + b.calls,
  costNanoUsd: String(BigInt(a.costNanoUsd) + BigInt(b.costNanoUsd)),
});
