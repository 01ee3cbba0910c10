import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Manifest } from '../../manifests/manifest.ts';
import { until } from '../until.ts';
import { countsOf, FaultProject, MISSED_SOON, SLOTS, valuesOf } from './fault-project.ts';

/** Ten of them are in `npm run bench models-kill`. */
const KILLS = 3;

let project: FaultProject;
let rows: number;
let undisturbed: Manifest;

beforeAll(async () => {
  project = await FaultProject.start();
  Object.assign(project.more, MISSED_SOON);
  for (const name of ['undisturbed', 'killed']) ({ rows } = await project.dataset(name, { rowsADay: 8 }));
  await project.run('undisturbed');
  undisturbed = await project.manifest('undisturbed');
});
afterAll(() => project?.[Symbol.asyncDispose]());

it('goes on after one kill of the worker after the other, each for no more than the calls then in flight', async () => {
  await project.server.reset();
  await project.server.configure({ latencyMs: 500 });
  const run = project.start(['run', 'killed', '--json']);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    // In the middle of either step, and between them.
    const goal = Math.floor((2 * rows * kill) / (KILLS + 1));
    await until(`${goal} answers`, async () => (await answered()) >= goal, 90_000);
    const { pid } = project.services().children.worker!;
    process.kill(pid, 'SIGKILL');
    await until('another worker', () => (project.services().children.worker?.pid ?? pid) !== pid);
  }
  const { exitCode, all } = await run;
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });

  const manifest = await project.manifest('killed');
  expect(countsOf(manifest, 'summary')).toEqual({ ok: rows });
  expect(countsOf(manifest, 'stance')).toEqual({ ok: rows });
  expect(valuesOf(manifest)).toEqual(valuesOf(undisturbed));
  const { billed, distinct } = await project.server.counts();
  expect(distinct).toBe(2 * rows);
  expect(billed - distinct).toBeLessThanOrEqual(KILLS * SLOTS);
}, 240_000);

/** Different requests that were answered or are being answered, while some are. */
async function answered(): Promise<number> {
  const { distinct, inFlight } = await project.server.counts();
  return inFlight > 0 ? distinct : 0;
}
