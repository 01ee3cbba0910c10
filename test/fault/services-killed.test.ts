import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ServicesState } from '../../cli/services/services-state.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { until } from '../until.ts';
import { countsOf, FaultProject, SLOTS, valuesOf } from './fault-project.ts';

// Machines differ, and a dead Temporal or MinIO takes its time to come back.
vi.setConfig({ testTimeout: 150_000 });

let project: FaultProject;
let rows: number;
let undisturbed: Manifest;

beforeAll(async () => {
  project = await FaultProject.start();
  for (const name of ['undisturbed', 'store-killed', 'temporal-killed']) ({ rows } = await project.dataset(name));
  await project.run('undisturbed');
  undisturbed = await project.manifest('undisturbed');
});
afterAll(() => project?.[Symbol.asyncDispose]());

/** Kills a service while calls are under way, and lets the run go on until its end. */
async function killDuring(dataset: string, service: keyof ServicesState['children']): Promise<void> {
  await project.server.reset();
  await project.server.configure({ latencyMs: 500 });
  const run = project.start(['run', dataset, '--json']);
  await until('answers', async () => {
    const { total, inFlight } = await project.server.counts();
    return total - inFlight >= 4 && inFlight > 0;
  });
  const { pid } = project.services().children[service]!;
  process.kill(pid, 'SIGKILL');
  await until('another process', () => (project.services().children[service]?.pid ?? pid) !== pid);
  const { exitCode, all } = await run;
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  const manifest = await project.manifest(dataset);
  expect(countsOf(manifest, 'stance')).toEqual({ ok: rows });
  expect(valuesOf(manifest)).toEqual(valuesOf(undisturbed));
}

it('loses no answer when MinIO is killed: what could not be written is written when it is back', async () => {
  await killDuring('store-killed', 'store');
  expect(await project.server.counts()).toMatchObject({ billed: 2 * rows, distinct: 2 * rows });
});

it('goes on after kill -9 of Temporal, and pays again at most for the calls that were in flight', async () => {
  await killDuring('temporal-killed', 'temporal');
  const { billed, distinct } = await project.server.counts();
  expect(distinct).toBe(2 * rows);
  expect(billed - distinct).toBeLessThanOrEqual(SLOTS);
});
