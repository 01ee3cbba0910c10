import {
  CancellationScope,
  continueAsNew,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { addCounts } from './counts.ts';
import { heartbeatTimeout } from './heartbeat-timeout.ts';
import { inDependencyOrder } from './in-dependency-order.ts';
import { materializePartition } from './materialize-partition.ts';
import {
  type Committed,
  type RunActivities,
  type RunInput,
  type RunPosition,
  runProgress,
  type StepWait,
} from './messages.ts';
import { runStep } from './run-step.ts';

export interface RunOutcome extends Committed {
  readonly position: RunPosition;
}

/** One run: sources first, then a child workflow a partition, then the commit. Ends in a new version or in none. */
export async function runDataset(input: RunInput): Promise<RunOutcome> {
  const { run, plan } = input;
  const position: Writable<RunPosition> = {
    ...(input.resume ?? { cursor: null, partitionsDone: 0, partitionsTotal: 0, steps: {} }),
  };
  const running = new Set<string>();
  const waiting = new Map<string, StepWait>();
  let phase: 'sources' | 'partitions' | 'commit' | 'done' = 'sources';
  setHandler(runProgress, () => ({
    ...position,
    phase,
    running: [...running],
    waiting: Object.fromEntries(waiting),
  }));

  const main = proxyActivities<RunActivities>({
    taskQueue: input.mainQueue,
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: heartbeatTimeout(input),
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
  });

  if (!input.resume) {
    const stale = input.steps.filter((step) => step.source && !step.fresh);
    await inDependencyOrder(stale, async (step) => {
      const counts = await runStep(step, { run, plan, step: step.name, partition: null }, (wait) =>
        waiting.set(step.name, wait),
      );
      waiting.delete(step.name);
      position.steps = addCounts(position.steps, { [step.name]: counts });
    });
  }

  phase = 'partitions';
  const steps = input.steps.filter((step) => !step.source);
  const page = await main.listPartitions({ run, plan, cursor: position.cursor });
  position.partitionsTotal = page.total;
  await boundedly(page.partitions, input.partitionsAtOnce, async (partition) => {
    const workflowId = `${workflowInfo().workflowId}/${run}/${partition}`;
    running.add(workflowId);
    try {
      const counts = await executeChild(materializePartition, {
        workflowId,
        args: [{ run, plan, partition, steps }],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      });
      position.steps = addCounts(position.steps, counts);
      position.partitionsDone += 1;
    } finally {
      running.delete(workflowId);
    }
  });
  // All children are drained here, so continuing as new can't terminate one; it keeps the history of a run short.
  if (page.next !== null)
    return continueAsNew<typeof runDataset>({ ...input, resume: { ...position, cursor: page.next } });

  phase = 'commit';
  const { namespace, workflowId, runId } = workflowInfo();
  const committed = await main.commitVersion({ run, plan, namespace, workflowId, runId });
  phase = 'done';
  return { ...committed, position };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Works on at most `atOnce` items at a time. After a failure nothing more is started and the rest is cancelled. */
async function boundedly(
  items: readonly string[],
  atOnce: number,
  work: (item: string) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) await work(item);
  };
  const scope = new CancellationScope();
  await scope.run(async () => {
    const lanes = Array.from({ length: Math.min(atOnce, items.length) }, lane);
    try {
      await Promise.all(lanes);
    } catch (error) {
      scope.cancel();
      await Promise.allSettled(lanes);
      throw error;
    }
  });
}
