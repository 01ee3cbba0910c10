import { WorkflowNotFoundError } from '@temporalio/client';
import { readManifest } from '../manifests/manifest-store.ts';
import { readBranch } from '../manifests/refs.ts';
import { commandLine, seeOrStop, targetWords } from './command-name.ts';
import { datasetName } from './dataset-name.ts';
import { followRun, renderSteps } from './follow-run.ts';
import type { Project } from './open-project.ts';
import { type OverdueRows, overdueRows } from './overdue-rows.ts';
import { goOnCommand } from './run-flags.ts';
import { type RunMemo, workflowIdOf } from './start-run.ts';
import { formatTime, plural, shortDigest } from './terminal/format-number.ts';
import { liveLines } from './terminal/live-lines.ts';
import { gapsOf, renderGaps } from './terminal/render-coverage.ts';
import type { StepProgressView } from './terminal/render-progress.ts';
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
  const manifest = ref && (await readManifest(project.store, ref.manifest));
  const overdue = manifest && (await overdueRows(project, manifest, Date.now()));
  const gaps = manifest ? gapsOf(manifest) : [];
  const memo = description?.memo as RunMemo | undefined;
  const running = description?.status.name === 'RUNNING';
  const view = running && memo ? await lookAtRun(client, workflowId, memo.steps) : null;
  if (json) {
    const state = description?.status.name.toLowerCase() ?? null;
    const steps = view?.steps.map(stepJson);
    const max_usd = memo?.maxNanoUsd ? Number(memo.maxNanoUsd) / 1e9 : null;
    process.stdout.write(
      `${JSON.stringify({ dataset, branch, run: memo?.run ?? null, state, ...(view && { phase: view.phase, max_usd, steps }), version: ref?.manifest ?? null, ...(gaps.length > 0 && { gaps: gaps.map(gapJson) }), ...(overdue && { overdue: { step: overdue.step, rows: overdue.rows, refresh_days: overdue.refreshDays } }) })}\n`,
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
    if (manifest && gaps.length > 0) say(`\n${renderGaps(manifest).join('\n')}`);
    if (overdue && overdue.rows > 0) say(`\n${renderOverdue(folder, branch, overdue)}`);
    return;
  }
  say(
    `${dataset}: run ${memo.run} is at work on ${branch} (${view.phase}, ${view.partitionsDone} of ${plural(view.partitionsTotal, 'partition')}).  ${version}\n`,
  );
  const budget = memo.maxNanoUsd ? BigInt(memo.maxNanoUsd) : null;
  if (!watch) {
    say(
      renderSteps(view.steps, budget)
        .map(({ text }) => text)
        .join('\n'),
    );
    say(`\n${seeOrStop(folder, branch)}`);
    return;
  }
  const goOn = goOnCommand(folder, { branch, set: [], retry: [], ...(budget !== null && { maxUsd: budget }) });
  const detach = new AbortController();
  process.on('SIGINT', () => detach.abort());
  const run = { workflowId, run: memo.run, attached: true };
  const outcome = await followRun(
    { client, store: project.store },
    run,
    { steps: memo.steps, maxNanoUsd: budget, goOn },
    liveLines(process.stdout),
    detach.signal,
  );
  say(outcome ? `\nversion  ${shortDigest(outcome.version)}  on ${branch}` : '\nStill running in the background.');
}

/** What the declared retention asks for; it blocks nothing. */
function renderOverdue(folder: string, branch: string, { step, rows, refreshDays, collected }: OverdueRows): string {
  const words = ['run', ...targetWords(folder, branch), ...(collected ? ['--refresh', step] : [])] as const;
  const how = `${collected ? 'Observe again' : 'Put a newer export in place, then'}:  ${commandLine(...words)}`;
  return `${plural(rows, 'row')} of ${step} ${rows === 1 ? 'was' : 'were'} last observed more than ${plural(refreshDays, 'day')} ago (retention.refresh_days). ${how}`;
}

function gapJson({ step, collection }: ReturnType<typeof gapsOf>[number]) {
  const { of, complete, partial, not_asked } = collection.coverage;
  return { step, of, complete, partial, not_asked };
}

function stepJson({ costNanoUsd, perSecond: _rate, waits, asking, ...step }: StepProgressView) {
  const { batch, provider, quota, held } = waits;
  const waiting = {
    ...(batch && {
      batch: {
        batches: batch.batches,
        requests: batch.requests,
        answered: batch.answered,
        next_look: time(batch.nextLookMs),
      },
    }),
    ...(provider && { provider: { until: time(provider.untilMs), why: provider.why } }),
    ...(quota && { quota: { until: time(quota.untilMs) } }),
    ...(held && { held_back: { requests: held.requests, until: held.untilMs === null ? null : time(held.untilMs) } }),
  };
  return { ...step, cost_usd: Number(costNanoUsd) / 1e9, ...(asking && { requests: asking }), waiting };
}

const time = (epochMs: number): string => new Date(epochMs).toISOString();
