import { createInterface } from 'node:readline/promises';
import type { Digest } from '../manifests/digest.ts';
import { takeLease } from '../manifests/lease.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import type { RunOutcome } from '../workflows/run-dataset.ts';
import { seeOrStop } from './command-name.ts';
import type { GoOnCommand } from './explain-failure.ts';
import type { Project } from './open-project.ts';
import { type PreparedRun, prepareRun, type RunOptions } from './prepare-run.ts';
import type { LoadedDataset } from './load-dataset.ts';
import type { RunFlags } from './run-flags.ts';
import { startBranch } from './start-branch.ts';
import { runJson } from './run-json.ts';
import type { ExpectedStep } from './watch-run.ts';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { formatCost, formatCount, formatDuration, plural, shortDigest } from './terminal/format-number.ts';
import { liveLines } from './terminal/live-lines.ts';
import { renderGaps } from './terminal/render-coverage.ts';
import { renderAsking } from './terminal/render-asking.ts';
import { renderForecast, upToDate } from './terminal/render-forecast.ts';

export interface RunOnceFlags extends Pick<RunFlags, 'json' | 'yes' | 'detach'> {
  /** As the command was given it, for hints. */
  readonly folder: string;
  /** The command that does the same, for the plan's last line. */
  readonly command: string;
  /** The command that goes on after this run. */
  readonly goOn: GoOnCommand;
}

/** Plans, asks when it costs money and a person is there, runs, and says what came of it. Null when left running. */
export async function runOnce(
  project: Project,
  dataset: LoadedDataset,
  options: RunOptions,
  flags: RunOnceFlags,
): Promise<RunOutcome | null> {
  const started = performance.now();
  const prepared = await prepareRun(project, dataset, options);
  const { declaration, plan, parent, start, forecast } = prepared;
  const seconds = () => (performance.now() - started) / 1000;
  const say = (text: string) => flags.json || process.stdout.write(`${text}\n`);
  const head = {
    dataset: declaration.dataset,
    branch: plan.branch,
    start,
    command: flags.command,
    batch: plan.batch,
  };
  const startIfNew = async () => {
    if (!start || start.from === null) return;
    await using _lease = await takeLease(project.store, 'work', 'gettok run');
    await startBranch(project.store, plan.dataset, plan.branch, start.version);
    say(`${plan.branch} is a new branch and starts at ${shortDigest(start.version)} (${start.from}).`);
  };

  if (forecast.upToDate) {
    await startIfNew();
    say(upToDate({ ...head, seconds: seconds() }, forecast));
    if (flags.json && parent) printJson(runJson(parent.version, parent.manifest, null));
    return null;
  }
  if (!(await agreed(prepared, () => ({ ...head, seconds: seconds() }), flags))) return null;

  await checkCredentials(project, prepared);
  await startIfNew();
  // The Temporal client is the largest part of a command's start: a run with nothing to do doesn't wait for it.
  const [{ startRun }, { followRun }] = await Promise.all([import('./start-run.ts'), import('./follow-run.ts')]);
  const expected = expectedSteps(prepared);
  const client = await project.client();
  const workerSilenceS = project.configuration.worker.silenceS.value;
  const run = await startRun({ client, store: project.store, project: project.id, workerSilenceS }, plan, expected);
  if (run.attached) say(`The run ${run.run} is at work on this very plan: following it.\n`);
  if (flags.detach) {
    say(`Started ${run.run}.  ${seeOrStop(flags.folder, plan.branch)}`);
    if (flags.json) printJson({ run: run.run });
    return null;
  }

  const detach = new AbortController();
  const leave = () => detach.abort();
  // `on`, not `once`: with no listener left, log-update's own would end the process before it has said a word.
  process.on('SIGINT', leave);
  const outcome = await followRun(
    { client, store: project.store },
    run,
    { steps: expected, maxNanoUsd: plan.maxNanoUsd === null ? null : BigInt(plan.maxNanoUsd), goOn: flags.goOn },
    flags.json ? silent : liveLines(process.stdout),
    detach.signal,
  ).finally(() => process.off('SIGINT', leave));
  if (!outcome) {
    say(`\nStill running in the background.  ${seeOrStop(flags.folder, plan.branch)}`);
    return null;
  }
  const version = outcome.version as Digest;
  const manifest = await readManifest(project.store, version);
  if (flags.json) printJson(runJson(version, manifest, outcome));
  else say([`\n${summary(prepared, outcome, seconds())}`, ...renderGaps(manifest)].join('\n'));
  return outcome;
}

/** What is missing is told here rather than by a worker: the credentials are this command's. */
async function checkCredentials(project: Project, { asking }: PreparedRun): Promise<void> {
  if (asking.length === 0) return;
  const { createApis } = await import('./create-apis.ts');
  for (const { api } of asking) createApis(project.configuration)(api);
}

/** A source that is fresh has all its rows already, and files are counted; what an API has only the run itself tells. */
const expectedSteps = ({ plan, forecast, asking }: PreparedRun): ExpectedStep[] =>
  forecast.steps.map(({ step, rows }, index) => {
    const { fresh, source } = plan.steps[index]!;
    return { step, rows: asking.length > 0 ? 0 : rows, fresh, source };
  });

const printJson = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

const silent = { lookEveryMs: null, show: () => {}, done: () => {} };

/** Asks before money is spent, on a terminal; `--yes` and a pipe go on, since nobody is there to answer. */
async function agreed(
  prepared: PreparedRun,
  head: () => Parameters<typeof renderForecast>[0],
  flags: RunOnceFlags,
): Promise<boolean> {
  const { plan, forecast, asking } = prepared;
  const asks = !flags.yes && !flags.json && process.stdin.isTTY && process.stdout.isTTY;
  // Nobody sees the plan, so what it would warn of is said here.
  if (!flags.json && !asks) for (const each of asking) process.stdout.write(`${renderAsking(each)}\n`);
  // Where nobody sees a price, none is worked out; what a plan would warn of else concerns budgets only.
  if (!asks && (flags.json || plan.maxNanoUsd === null)) return true;
  const costs = await prepared.costs();
  const free = (costs.steps.size === 0 && costs.open.length === 0) || (costs.total !== null && costs.total.high === 0n);
  if (free || !asks) {
    const notes = [...(asks ? asking.map(renderAsking) : []), ...costs.notes];
    for (const note of notes) process.stdout.write(`${note}\n`);
    return true;
  }
  const style = { width: widthOf(process.stdout), colours: coloursFor(process.stdout) };
  process.stdout.write(`${renderForecast(head(), forecast, { costs, asking }, style)}\n\n`);
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await prompt.question('Go on? [y/N] ');
    if (/^y(es)?$/i.test(answer.trim())) return true;
    process.stdout.write('Nothing was run and nothing was paid.\n');
    return false;
  } finally {
    prompt.close();
  }
}

function summary({ plan, forecast, asking }: PreparedRun, outcome: RunOutcome, seconds: number): string {
  const counts = Object.values(outcome.position.steps);
  const calls = counts.reduce((sum, step) => sum + step.calls, 0);
  const cost = counts.reduce((sum, step) => sum + BigInt(step.costNanoUsd), 0n);
  const expected = asking.length > 0 ? [] : forecast.steps.map((step) => step.rows);
  const rows = Math.max(0, ...expected, ...counts.map((step) => step.rows));
  const words = [
    plural(rows, 'row'),
    plural(plan.steps.length, 'step'),
    `${formatCount(calls)} model call${calls === 1 ? '' : 's'}`,
    formatCost(cost),
  ].join(' · ');
  return outcome.changed
    ? `version  ${shortDigest(outcome.version)}  on ${plan.branch}    ${words}    ${formatDuration(seconds)}`
    : `no new version: every value is as in ${shortDigest(outcome.version)}  on ${plan.branch}    ${words}    ${formatDuration(seconds)}`;
}
