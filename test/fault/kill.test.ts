import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Manifest } from '../../manifests/manifest.ts';
import { until } from '../until.ts';
import { countsOf, FaultProject, SLOTS, valuesOf } from './fault-project.ts';

/** A dead worker is noticed by its missing heartbeats: here as it is without a setting. */
const NOTICED_MS = 20_000;

let project: FaultProject;
let rows: number;
let undisturbed: Manifest;

beforeAll(async () => {
  project = await FaultProject.start();
  for (const name of ['undisturbed', 'worker-killed', 'power-cut']) ({ rows } = await project.dataset(name));
  await project.run('undisturbed');
  undisturbed = await project.manifest('undisturbed');
  expect(await project.server.counts()).toMatchObject({ billed: 2 * rows, distinct: 2 * rows });
});
afterAll(() => project?.[Symbol.asyncDispose]());

/** Every row is there, with the values of a run that nothing happened to, and nothing but calls in flight was paid twice. */
async function expectComplete(dataset: string, inFlight: number): Promise<void> {
  const manifest = await project.manifest(dataset);
  expect(countsOf(manifest, 'stance')).toEqual({ ok: rows });
  expect(valuesOf(manifest)).toEqual(valuesOf(undisturbed));
  const { billed, distinct } = await project.server.counts();
  expect(distinct).toBe(2 * rows);
  expect(billed - distinct).toBeLessThanOrEqual(inFlight);
}

it('goes on after kill -9 of the worker, and pays again at most for the calls that were in flight', async () => {
  await project.server.reset();
  await project.server.configure({ latencyMs: 500 });
  const run = project.start(['run', 'worker-killed', '--json']);
  await project.holdAfter(3);
  const worker = project.services().children.worker!;
  process.kill(worker.pid, 'SIGKILL');
  const killedAt = Date.now();
  await project.server.configure({ latencyMs: 50 });
  const { total } = await project.server.counts();

  await until('another worker', () => (project.services().children.worker?.pid ?? worker.pid) !== worker.pid);
  const restartedAfter = Date.now() - killedAt;
  // The command that looks at the run finds it, though nobody works on it.
  expect(await project.status('worker-killed')).toMatchObject({ state: 'running', version: null });
  await until('the next call', async () => (await project.server.counts()).total > total, 120_000);
  const calledAfter = Date.now() - killedAt;
  expect(await run).toMatchObject({ exitCode: 0 });
  expect(restartedAfter).toBeLessThan(5000);
  expect(calledAfter).toBeLessThan(NOTICED_MS + 15_000);
  await expectComplete('worker-killed', SLOTS);
}, 150_000);

it('finds everything after a power cut, and goes on with the run', async () => {
  await project.server.reset();
  await project.server.configure({ latencyMs: 500 });
  const run = project.start(['run', 'power-cut', '--json']);
  await project.holdAfter(3);
  const { supervisor, children } = project.services();
  const { run: name } = await project.status('power-cut');
  const pids = [supervisor!, children.worker!, children.temporal!, children.store!].map(({ pid }) => pid);
  for (const pid of [...pids, run.pid!]) process.kill(pid, 'SIGKILL');
  await run;
  await project.server.configure({ latencyMs: 50 });

  // The version of before, and the run that was at work.
  expect(await project.status('power-cut')).toMatchObject({ run: name, state: 'running', version: null });
  expect(valuesOf(await project.manifest('undisturbed'))).toEqual(valuesOf(undisturbed));
  const { exitCode, stdout, all } = await project.gettok(['run', 'power-cut']);
  expect(all).toContain(`The run ${name} is at work on this very plan: following it.`);
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('version  ') });
  expect((await project.manifest('power-cut')).record.run).toBe(name);
  await expectComplete('power-cut', SLOTS);
}, 180_000);
