import { ActivityCancellationType, proxyActivities, sleep } from '@temporalio/workflow';
import type { StepActivities, StepCounts, StepInput, StepRoute } from './messages.ts';

/** Runs one step's activity, sleeping in the workflow, not in the worker, while it waits for something outside. */
export async function runStep(route: StepRoute, input: StepInput): Promise<StepCounts> {
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
    await sleep(Math.max(0, outcome.untilMs - Date.now()));
    outcome = await work({ ...input, resume: outcome.resume });
  }
  return outcome.counts;
}
