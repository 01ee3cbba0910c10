import type { Client } from '@temporalio/client';
import type { RunAtWork } from '../datasets/garbage/find-garbage.ts';
import type { RunMemo } from './start-run.ts';

/** Runs of the project that have not ended, also those that wait for days. */
export async function runsAtWork(client: Client, project: string): Promise<RunAtWork[]> {
  const runs: RunAtWork[] = [];
  const query = "WorkflowType = 'runDataset' AND ExecutionStatus = 'Running'";
  for await (const { workflowId, memo } of client.workflow.list({ query })) {
    const { run, dataset } = (memo ?? {}) as Partial<RunMemo>;
    if (workflowId.startsWith(`${project}/`) && run && dataset) runs.push({ run, dataset });
  }
  return runs;
}
