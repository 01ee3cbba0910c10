import { isDeepStrictEqual } from 'node:util';
import { countsOf, valuesOf } from '../../test/fault/fault-project.ts';
import { until } from '../../test/until.ts';
import type { BenchOptions } from '../bench-options.ts';
import type { Figure } from '../figure.ts';
import { AT_ONCE, ModelProject, sizeOf } from './model-project.ts';

const KILLS = 10;
/** As many partitions as are worked on at once: each is hit by every kill. */
const BUCKETS = 4;

/** kill -9 of the worker again and again while calls are under way; its supervisor starts it each time. */
export async function benchModelKills({ rows }: BenchOptions): Promise<Figure[]> {
  await using project = await ModelProject.start();
  const { faults, server } = project;
  const needed = 2 * rows;
  await project.run(await project.collected('undisturbed', sizeOf(rows, BUCKETS)));
  await project.collected('killed', sizeOf(rows, BUCKETS));
  await server.configure({ latencyMs: 50 });
  const run = faults.start(['run', 'killed', '--yes', '--json']);
  let isOver = false;
  void run.finally(() => (isOver = true));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const goal = Math.floor((needed * kill) / (KILLS + 1));
    await until(
      `${goal} answers`,
      async () => {
        if (isOver) throw new Error(`the run ended after ${kill - 1} kills`);
        const { distinct, inFlight } = await server.counts();
        return distinct >= goal && inFlight > 0;
      },
      600_000,
    );
    const { pid } = faults.services().children.worker!;
    process.kill(pid, 'SIGKILL');
    process.stderr.write(`  kill ${kill} of ${KILLS}\n`);
    await until('another worker', () => (faults.services().children.worker?.pid ?? pid) !== pid);
  }
  const { exitCode, all } = await run;
  if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}:\n${all}`);
  const { total } = await server.counts();
  const [killed, undisturbed] = [await faults.manifest('killed'), await faults.manifest('undisturbed')];
  const complete = Math.min(...['summary', 'stance'].map((step) => countsOf(killed, step)['ok'] ?? 0));
  const same = isDeepStrictEqual(valuesOf(killed), valuesOf(undisturbed));
  return [
    {
      what: `calls beyond those needed, after ${KILLS} kills of the worker`,
      measured: String(total - needed),
      aim: `≤ ${KILLS * AT_ONCE}`,
      baseline: `needed ${needed}`,
      ratio: (total / needed).toFixed(3),
      met: total - needed <= KILLS * AT_ONCE,
    },
    {
      what: 'rows complete, and the values those of a run never killed',
      measured: `${complete}, ${same ? 'the same' : 'others'}`,
      aim: `${rows}, the same`,
      baseline: '',
      ratio: '',
      met: complete === rows && same,
    },
  ];
}
