import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRule } from '../../test/tiktok-server/fault.ts';
import { until } from '../../test/until.ts';
import { type Figure, timed } from '../figure.ts';
import { CollectProject, VIDEOS } from './collect-project.ts';

const KILLS = 5;
const MOST_REQUESTS = 1.05;
/** Slower than at once, so that a kill meets a request under way. */
const LATENCY_MS = 100;

/** Each about one request in a hundred, at places that the seeds fix. A gateway's time-out is waited for half a minute. */
const FAULTS: readonly FaultRule[] = [
  { fault: { kind: 'access_token_invalid' }, probability: 0.01, seed: 1 },
  { fault: { kind: 'rate_limit' }, probability: 0.01, seed: 2 },
  { fault: { kind: 'server_error' }, probability: 0.01, seed: 3 },
  { fault: { kind: 'gateway_timeout', afterMs: 1 }, probability: 0.005, seed: 4 },
  { fault: { kind: 'html' }, probability: 0.005, seed: 5 },
  { fault: { kind: 'truncated_json' }, probability: 0.005, seed: 6 },
  { fault: { kind: 'reset', after: 'body' }, probability: 0.01, seed: 7 },
  { fault: { kind: 'search_id_invalid' }, probability: 0.01, seed: 8 },
  { fault: { kind: 'invalid_cursor' }, probability: 0.01, seed: 9 },
  { fault: { kind: 'short_page', rows: 27 }, probability: 0.01, seed: 10 },
  { fault: { kind: 'empty_page' }, probability: 0.01, seed: 11 },
  { fault: { kind: 'search_id_changes', keepOld: true }, probability: 0.01, seed: 12 },
  { fault: { kind: 'duplicate', on: 'next' }, probability: 0.01, seed: 13 },
  { fault: { kind: 'other_structs' }, probability: 0.01, seed: 14 },
  { fault: { kind: 'nul_username' }, probability: 0.01, seed: 15 },
];

/** The same collection with faults of every kind, and kill -9 of the worker again and again. */
export async function benchCollectFaults(): Promise<Figure[]> {
  await using project = await CollectProject.start();
  const { server } = project;
  const least = await project.least();
  await server.configure({ latencyMs: LATENCY_MS });
  await server.inject(...FAULTS);
  let isOver = false;
  const run = timed(project.run).finally(() => (isOver = true));
  // Told where it is awaited; a run that fails early mustn't end the process before.
  run.catch(() => {});
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const goal = Math.floor((least * kill) / (KILLS + 1));
    await until(
      `${goal} requests`,
      async () => {
        if (isOver) throw new Error(`the run ended after ${kill - 1} kills: ${await run.then(() => 'done', String)}`);
        return (await project.requests()) >= goal && project.workerPid !== null;
      },
      900_000,
    );
    await pause(LATENCY_MS / 2);
    const pid = project.workerPid!;
    process.kill(pid, 'SIGKILL');
    process.stderr.write(`  kill ${kill} of ${KILLS}\n`);
    await until('another worker', () => (project.workerPid ?? pid) !== pid);
  }
  const seconds = await run;
  const [exact, requests, { byFault }] = [await project.isExact(), await project.requests(), await server.counts()];
  const waits = await project.waits();
  const faults = Object.values(byFault).reduce((sum, count) => sum + count, 0);
  const most = Math.floor(least * MOST_REQUESTS) + faults + KILLS;
  return [
    {
      what: `exactly the ${VIDEOS.toLocaleString('en-US')} videos, after ${faults} faults of ${Object.keys(byFault).length} kinds and ${KILLS} kills of the worker`,
      measured: exact ? 'yes' : 'no',
      aim: 'yes',
      baseline: '',
      ratio: '',
      met: exact,
    },
    {
      what: 'requests beyond the least possible: 5 %, one a fault, one a kill',
      measured: String(requests - least),
      aim: `≤ ${most - least}`,
      baseline: `least possible ${least}`,
      ratio: (requests / least).toFixed(3),
      met: requests <= most,
    },
    {
      what: `gettok run, typed to end; waits before another try ${waits.retries.toFixed(0)} s, until the kills were noticed ${waits.kills.toFixed(0)} s`,
      measured: `${seconds.toFixed(0)} s`,
      aim: '',
      baseline: '',
      ratio: '',
      met: true,
    },
  ];
}
