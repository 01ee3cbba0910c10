import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { canonicalJson, type Json } from '../manifests/canonical-json.ts';
import { digestOf, sha256 } from '../manifests/digest.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { planIdentity, planKey, type RunPlan } from '../datasets/plan/run-plan.ts';
import type { runDataset } from '../workflows/run-dataset.ts';
import type { RunInput } from '../workflows/messages.ts';
import { taskQueue } from './task-queues.ts';
import type { ExpectedStep } from './watch-run.ts';

/** Another run of the same branch is at work, with another plan. */
export class RunActiveError extends GettokError {
  override readonly name = 'RunActiveError';
  readonly run: string;
  constructor(run: string, dataset: string, branch: string) {
    super(
      `The run ${run} of ${dataset} on ${branch} is at work with another plan. ` +
        `See it with: gettok status   Stop it with: gettok cancel   Or work beside it with: gettok run --branch <name>`,
    );
    this.run = run;
  }
}

export interface StartedRun {
  readonly workflowId: string;
  readonly run: string;
  /** True when this plan was at work already: nothing was started. */
  readonly attached: boolean;
}

/** What a started workflow says about itself to `status` and to a second start. */
export interface RunMemo {
  readonly run: string;
  readonly identity: string;
  readonly dataset: string;
  readonly branch: string;
  readonly steps: readonly ExpectedStep[];
  /** The run's budget; null or left out for none. */
  readonly maxNanoUsd?: string | null;
}

export const workflowIdOf = (project: string, dataset: string, branch: string) => `${project}/${dataset}/${branch}`;

/** Stores the plan and starts its workflow; attaches when the same plan is at work on the branch already. */
export async function startRun(
  {
    client,
    store,
    project,
    workerSilenceS,
  }: {
    readonly client: Client;
    readonly store: ObjectStore;
    readonly project: string;
    readonly workerSilenceS?: number;
  },
  plan: RunPlan,
  steps: readonly ExpectedStep[],
): Promise<StartedRun> {
  const bytes = Buffer.from(canonicalJson(plan as unknown as Json));
  await store.put(planKey(plan.run), bytes);
  const workflowId = workflowIdOf(project, plan.dataset, plan.branch);
  const identity = digestOf('plan', planIdentity(plan) as unknown as Json);
  const memo: RunMemo = {
    run: plan.run,
    identity,
    dataset: plan.dataset,
    branch: plan.branch,
    steps,
    maxNanoUsd: plan.maxNanoUsd,
  };
  const silence = workerSilenceS === undefined ? {} : { workerSilenceS };
  const input: RunInput = {
    run: plan.run,
    dataset: plan.dataset,
    plan: sha256(bytes),
    mainQueue: taskQueue(project, 'main'),
    ...silence,
    // Partitions that wait for a batch are no work for anybody.
    partitionsAtOnce: plan.batch ? 100 : 4,
    steps: plan.steps.map(({ name, kind, needs, source, fresh, queue }) => ({
      name,
      kind,
      needs,
      source,
      fresh,
      taskQueue: taskQueue(project, queue),
      ...silence,
    })),
  };
  try {
    await client.workflow.start<typeof runDataset>('runDataset', {
      workflowId,
      taskQueue: input.mainQueue,
      args: [input],
      memo: { ...memo },
    });
    return { workflowId, run: plan.run, attached: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const running = (await client.workflow.getHandle(workflowId).describe()).memo as RunMemo | undefined;
    if (running?.identity !== identity) throw new RunActiveError(running?.run ?? 'unknown', plan.dataset, plan.branch);
    return { workflowId, run: running.run, attached: true };
  }
}
