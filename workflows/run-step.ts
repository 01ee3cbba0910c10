import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import { heartbeatTimeout } from './heartbeat-timeout.ts';
import type { StepActivities, StepCounts, StepInput, StepRoute, StepWait } from './messages.ts';

/** Runs one step's activity, sleeping in the workflow, not in the worker, while it waits for something outside. */
export async function runStep(
  route: StepRoute,
  input: StepInput,
  onWait: (wait: StepWait) => void = () => {},
): Promise<StepCounts> {
  const options = { taskQueue: route.taskQueue, heartbeatTimeout: heartbeatTimeout(route) } as const;
  const { [route.kind]: work } = proxyActivities<StepActivities>({
    ...options,
    // A step of a large partition may work for hours; a dead worker is noticed by its missing heartbeats.
    startToCloseTimeout: '24 hours',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    // Killed workers may be any number; an activity that fails by itself says when it is no use to go on.
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
  });
  const { [route.kind]: stop } = proxyActivities<StepActivities>({
    ...options,
    scheduleToCloseTimeout: '2 minutes',
    retry: { maximumAttempts: 3 },
  });
  if (!work || !stop) throw new TypeError(`no activity ${route.kind}`);
  let outcome = await work(input);
  while (outcome.kind === 'wait') {
    const { kind: _wait, resume, ...wait } = outcome;
    onWait(wait);
    try {
      await sleep(Math.max(0, wait.untilMs - Date.now()));
    } catch (error) {
      // A batch at the provider goes on unless it is stopped there; that it can't be is no reason not to end.
      if (isCancellation(error))
        await CancellationScope.nonCancellable(() => stop({ ...input, resume, cancelled: true })).catch(() => {});
      throw error;
    }
    outcome = await work({ ...input, resume });
  }
  return outcome.counts;
}
