import { availableParallelism } from 'node:os';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Queue } from '../datasets/step-kind.ts';
import { createWorkerServices } from './create-worker-services.ts';
import { openProject } from './open-project.ts';
import { quietLogger } from './quiet-logger.ts';
import { QUEUES, taskQueue } from './task-queues.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** A queue name that isn't one. */
export class UnknownQueueError extends GettokError {
  override readonly name = 'UnknownQueueError';
  override readonly wrongUse = true;
  constructor(queue: string) {
    super(`There is no queue "${queue}". Queues: ${QUEUES.join(', ')}.`);
  }
}

/** Activities of one queue that a worker works on at the same time; each makes several cells at once. */
const ACTIVITIES_AT_ONCE: Record<Queue, number> = {
  main: 4,
  files: 4,
  media: Math.max(2, availableParallelism()),
  ai: 8,
};

export interface WorkerFlags {
  /** Part of the models' limits that this worker uses; as configured when left out. */
  readonly share?: string;
}

/** Works until it gets SIGINT or SIGTERM, then finishes or hands back what it has. */
export async function runWorker(names: readonly string[], { share }: WorkerFlags = {}): Promise<void> {
  const queues = names.map((name) => {
    const queue = QUEUES.find((known) => known === name.trim());
    if (!queue) throw new UnknownQueueError(name);
    return queue;
  });
  Runtime.install({ shutdownSignals: ['SIGINT', 'SIGTERM'], logger: quietLogger });
  await using project = await openProject(
    ['store', 'temporal'],
    [],
    share === undefined ? {} : { 'model.share': share },
  );
  // Only the main queue has workflows; they are bundled while the rest is put together.
  const bundling = queues.includes('main') ? workflowBundle(project.cacheFolder) : undefined;
  await using services = await createWorkerServices(project);
  const activities = createActivities(services);
  const { address, ...options } = project.temporal;
  const connection = await NativeConnection.connect({ address, ...options.connection });
  try {
    const bundle = await bundling;
    const workers = await Promise.all(
      queues.map((queue) =>
        Worker.create({
          connection,
          namespace: options.namespace,
          taskQueue: taskQueue(project.id, queue),
          activities,
          ...(queue === 'main' && bundle ? { workflowBundle: bundle, maxCachedWorkflows: 100 } : {}),
          maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE[queue],
          maxHeartbeatThrottleInterval: '2 seconds',
          defaultHeartbeatThrottleInterval: '1 second',
          shutdownGraceTime: '5 seconds',
          shutdownForceTime: '15 seconds',
        }),
      ),
    );
    process.stdout.write('gettok worker ready\n');
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    await connection.close();
  }
}
