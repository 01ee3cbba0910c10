import { hostname } from 'node:os';
import { Context } from '@temporalio/activity';
import { GettokError } from '../manifests/gettok-error.ts';
import { openWorkLease } from '../manifests/work-lease.ts';
import { addStatusCounts, NO_STATUS } from '../datasets/status-counts.ts';
import { addCalls, NO_CALLS, type StepResult } from '../datasets/step-result.ts';
import type { RunActivities, StepActivities, StepActivity, StepCounts } from '../workflows/messages.ts';
import { collectSource } from './collect-source.ts';
import { commitVersion } from './commit-version.ts';
import { listPartitions, PARTITIONS_A_PAGE } from './list-partitions.ts';
import { materializeStep } from './materialize-step.ts';
import { toFailure } from './run-failure.ts';
import { openRunState, type RunState } from './run-state.ts';
import type { StepKind } from './step-kind.ts';
import { isWaiting, type Waiting } from './wait-for-provider.ts';
import type { ActivityScope, StepProgress, WorkerServices } from './worker-services.ts';

/** The activities a worker registers: one a step kind, under the kind's own name, and those of the run itself. */
export function createActivities(own: WorkerServices): RunActivities & StepActivities {
  // While an activity is at work nothing is removed from the bucket, and what it writes stands on what it has seen there.
  const lease = openWorkLease(own.store, `a worker on ${hostname()}`);
  const services: WorkerServices = { ...own, store: lease.store };
  const reported = async <T>(run: string, work: () => Promise<T>): Promise<T> => {
    const alive = beatWhileWorking();
    try {
      return await lease.during(work, Context.current().cancellationSignal);
    } catch (error) {
      throw await toFailure(services.store, run, error, Context.current().info.attempt);
    } finally {
      clearInterval(alive);
    }
  };
  const steps = [...services.kinds.values()].map((kind): [string, StepActivity] => [
    kind.kind,
    (input) =>
      reported(input.run, async () => {
        const results = await stepResults(services, kind, input);
        return isWaiting(results) ? results : { kind: 'done', counts: totalOf(results) };
      }),
  ]);
  const run: RunActivities = {
    listPartitions: ({ run: name, plan, cursor }) =>
      reported(name, async () =>
        listPartitions(
          await openRunState(services.store, name, plan),
          cursor,
          services.partitionsAPage ?? PARTITIONS_A_PAGE,
        ),
      ),
    commitVersion: ({ run: name, plan, ...temporal }) =>
      reported(name, async () => commitVersion(services, await openRunState(services.store, name, plan), temporal)),
  };
  return { ...Object.fromEntries(steps), ...run } as RunActivities & StepActivities;
}

/** The worker has another version of a step kind than the command that planned the run. */
export class OtherRevisionError extends GettokError {
  override readonly name = 'OtherRevisionError';
  constructor(kind: string, planned: number, installed: number) {
    super(
      `The run was planned with ${kind}@${planned}, but this worker has ${kind}@${installed}. ` +
        `Bring both to the same version of GET-Tok (for local workers: gettok down), then run again.`,
    );
  }
}

async function stepResults(
  services: WorkerServices,
  kind: StepKind,
  input: Parameters<StepActivity>[0],
): Promise<readonly StepResult[] | Waiting> {
  const state = await openRunState(services.store, input.run, input.plan);
  const planned = state.step(input.step);
  if (planned.revision !== kind.revision) throw new OtherRevisionError(kind.kind, planned.revision, kind.revision);
  const scope = activityScope();
  const { partition } = input;
  if (input.cancelled === true) return cancelStep(services, state, input);
  if (partition !== null) {
    const made = await materializeStep(services, state, kind, { ...input, partition }, scope);
    return isWaiting(made) ? made : [made];
  }
  const collected = await collectSource(services, state, kind, { step: planned, resume: input.resume }, scope);
  return isWaiting(collected) ? collected : Object.values(collected.partitions);
}

/** Batches at a provider go on when nobody waits for them: their step is cancelled there too. */
async function cancelStep(
  services: WorkerServices,
  state: RunState,
  input: Parameters<StepActivity>[0],
): Promise<readonly StepResult[]> {
  // What a source asked for is in its journal, and nothing of it goes on.
  if (input.partition === null) return [];
  const { partition } = input;
  const partitions = [partition];
  const { plan } = state;
  const work = { plan, step: state.step(input.step), partition, partitions, isPatient: false, rounds: 0 };
  await using models = services.models.open(work);
  await models.batches.cancel(Context.current().cancellationSignal);
  return [];
}

/** The last counts that each activity at work has sent, so that a plain sign of life doesn't wipe them out. */
const lastBeat = new WeakMap<Context, StepProgress>();

/** Says several times within the time it is given that the worker lives, also while an activity has no counts to send. */
function beatWhileWorking(): NodeJS.Timeout {
  const context = Context.current();
  const { heartbeatTimeoutMs = 20_000 } = context.info;
  return setInterval(() => context.heartbeat(lastBeat.get(context)), heartbeatTimeoutMs / 5);
}

function activityScope(): ActivityScope {
  const context = Context.current();
  return {
    signal: context.cancellationSignal,
    heartbeat(progress) {
      lastBeat.set(context, progress);
      context.heartbeat(progress);
    },
  };
}

/** Counts of one step over the partitions that one activity made. */
function totalOf(results: readonly StepResult[]): StepCounts {
  const counts = results.map(({ snapshot }) => snapshot.counts).reduce(addStatusCounts, NO_STATUS);
  const paid = results.map(({ work }) => work.paid).reduce(addCalls, NO_CALLS);
  return {
    ...counts,
    rows: results.reduce((rows, { snapshot }) => rows + snapshot.rows, 0),
    computed: results.reduce((cells, { work }) => cells + work.computed, 0),
    reused: results.reduce((cells, { work }) => cells + work.reused, 0),
    calls: paid.calls,
    costNanoUsd: paid.cost_nano_usd,
  };
}
