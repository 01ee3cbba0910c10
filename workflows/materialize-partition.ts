import { setHandler } from '@temporalio/workflow';
import { inDependencyOrder } from './in-dependency-order.ts';
import {
  type PartitionCounts,
  type PartitionInput,
  partitionProgress,
  type StepCounts,
  type StepWait,
} from './messages.ts';
import { runStep } from './run-step.ts';

/** All steps of one partition: each as soon as its own inputs for that partition are there. */
export async function materializePartition({ run, plan, partition, steps }: PartitionInput): Promise<PartitionCounts> {
  const done: Record<string, StepCounts> = {};
  const waiting = new Map<string, StepWait>();
  setHandler(partitionProgress, () => ({ done, waiting: Object.fromEntries(waiting) }));
  await inDependencyOrder(steps, async (step) => {
    const counts = await runStep(step, { run, plan, step: step.name, partition }, (wait) =>
      waiting.set(step.name, wait),
    );
    done[step.name] = counts;
    waiting.delete(step.name);
  });
  return done;
}
