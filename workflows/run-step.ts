import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { StepActivities, StepCounts, StepInput, StepRoute, StepWait } from './messages.ts';

/** Runs one step's activity, sleeping in the workflow, not in the worker, while it waits for something outside. */
export async function runStep(
  route: StepRoute,
  input: StepInput,
  onWait: (wait: StepWait) => void = () => {},
): Promise<StepCounts> {
  const activities = proxyActivities<StepActivities>({
    taskQueue: route.taskQueue,
    // A step of a large partition may work for hours; a dead worker is noticed by its missing heartbeats.
    startToCloseTimeout: '24 hours',
    heartbeatTimeout: '20 seconds',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 8 },
  });
  const work = activities[route.kind];
  if (!work) throw new TypeError(`no activity ${route.kind}`);
  let outcome = await work(input);
  while (outcome.kind === 'wait') {
    const { kind: _wait, resume, ...wait } = outcome;
    onWait(wait);
    try {
      await sleep(Math.max(0, wait.untilMs - Date.now()));
    } catch (error) {
      if (isCancellation(error) && (wait.for === 'batch' || wait.leavesBatches === true))
        await CancellationScope.nonCancellable(() => work({ ...input, resume, cancelled: true }));
      throw error;
    }
    outcome = await work({ ...input, resume });
  }
  return outcome.counts;
}
