import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { commandLine, targetWords } from './command-name.ts';
import { datasetName } from './dataset-name.ts';
import type { Project } from './open-project.ts';
import { workflowIdOf } from './start-run.ts';

/** Asks the run of a branch to stop, and waits until it has. */
export async function cancelRun(
  project: Project,
  folder: string,
  { branch, json }: { readonly branch: string; readonly json?: boolean },
): Promise<void> {
  const dataset = await datasetName(folder);
  const client = await project.client();
  const handle = client.workflow.getHandle(workflowIdOf(project.id, dataset, branch));
  const running = await handle.describe().then(
    ({ status }) => status.name === 'RUNNING',
    (error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    },
  );
  if (running) {
    await handle.cancel();
    await handle.result().catch((error: unknown) => {
      if (!(error instanceof WorkflowFailedError)) throw error;
    });
  }
  const text = running
    ? `Cancelled. What was computed is kept. Go on from there:  ${commandLine('run', ...targetWords(folder, branch))}`
    : `No run of ${dataset} is at work on ${branch}.`;
  process.stdout.write(`${json ? JSON.stringify({ dataset, branch, cancelled: running }) : text}\n`);
}
