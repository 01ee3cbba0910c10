import { WorkflowNotFoundError } from '@temporalio/client';
import { readBranch } from '../manifests/refs.ts';
import { seeOrStop } from './command-name.ts';
import { datasetName } from './dataset-name.ts';
import { followRun, renderSteps } from './follow-run.ts';
import type { Project } from './open-project.ts';
import { type RunMemo, workflowIdOf } from './start-run.ts';
import { formatTime, plural, shortDigest } from './terminal/format-number.ts';
import { liveLines } from './terminal/live-lines.ts';
import { lookAtRun } from './watch-run.ts';

interface StatusFlags {
  readonly branch: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** Where the run of a branch stands, or how the last one ended and which version the branch names. */
export async function showStatus(
  project: Project,
  folder: string,
  { branch, watch, json }: StatusFlags,
): Promise<void> {
  const dataset = await datasetName(folder);
  const client = await project.client();
  const workflowId = workflowIdOf(project.id, dataset, branch);
  const handle = client.workflow.getHandle(workflowId);
  const description = await handle.describe().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  });
  const ref = await readBranch(project.store, dataset, branch);
  const memo = description?.memo as RunMemo | undefined;
  const running = description?.status.name === 'RUNNING';
  const view = running && memo ? await lookAtRun(client, workflowId, memo.steps) : null;
  if (json) {
    const state = description?.status.name.toLowerCase() ?? null;
    const steps = view?.steps.map(({ costNanoUsd, perSecond: _rate, ...step }) => ({
      ...step,
      cost_usd: Number(costNanoUsd) / 1e9,
    }));
    process.stdout.write(
      `${JSON.stringify({ dataset, branch, run: memo?.run ?? null, state, ...(view && { phase: view.phase, steps }), version: ref?.manifest ?? null })}\n`,
    );
    return;
  }
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const version = ref
    ? `${branch} is ${shortDigest(ref.manifest)}, ${formatTime(Date.parse(ref.updatedAt))}`
    : `${branch} has no version yet`;
  if (!view || !memo) {
    say(`${dataset}: no run is at work.  ${version}`);
    if (description)
      say(`The last run, ${memo?.run ?? 'unknown'}, is ${description.status.name.toLowerCase().replaceAll('_', ' ')}.`);
    return;
  }
  say(
    `${dataset}: run ${memo.run} is at work on ${branch} (${view.phase}, ${view.partitionsDone} of ${plural(view.partitionsTotal, 'partition')}).  ${version}\n`,
  );
  if (!watch) {
    say(
      renderSteps(view.steps)
        .map(({ text }) => text)
        .join('\n'),
    );
    say(`\n${seeOrStop(folder, branch)}`);
    return;
  }
  const detach = new AbortController();
  process.on('SIGINT', () => detach.abort());
  const run = { workflowId, run: memo.run, attached: true };
  const outcome = await followRun(
    { client, store: project.store },
    run,
    memo.steps,
    liveLines(process.stdout),
    detach.signal,
  );
  say(outcome ? `\nversion  ${shortDigest(outcome.version)}  on ${branch}` : '\nStill running in the background.');
}
