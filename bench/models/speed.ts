import type { BenchOptions } from '../bench-options.ts';
import { type Figure, median } from '../figure.ts';
import { AT_ONCE, ModelProject, sizeOf } from './model-project.ts';

const STEPS = 2;

interface Case {
  readonly latencyMs: number;
  /** Times the bare loop's time that a run may take. */
  readonly atMost: number;
}

/** With instant answers the aim is 0.7 of the bare loop's rate. */
const CASES: readonly Case[] = [
  { latencyMs: 500, atMost: 1.05 },
  { latencyMs: 50, atMost: 1.25 },
  { latencyMs: 0, atMost: 1 / 0.7 },
];

/** Two steps that ask a model about every row, beside a bare loop of the same calls at the same concurrency. */
export async function benchModelSpeed({ rows, pairs }: BenchOptions): Promise<Figure[]> {
  await using project = await ModelProject.start();
  // Also the run that brings everything up.
  await project.run(await project.collected('recorded', sizeOf(rows)));
  const bodies = await project.recordBodies();
  const figures: Figure[] = [];
  for (const { latencyMs, atMost } of CASES) {
    const [command, workflow, bare]: [number[], number[], number[]] = [[], [], []];
    for (let pair = 0; pair < pairs; pair += 1) {
      const dataset = await project.collected(`speed-${latencyMs}-${pair}`, sizeOf(rows));
      await project.server.configure({ latencyMs });
      const { commandS, workflowS } = await project.run(dataset);
      await expectAsked(project, rows);
      command.push(commandS);
      workflow.push(workflowS);
      bare.push((await project.bareLoop(bodies)).seconds);
      process.stderr.write(
        `  ${latencyMs} ms: command ${commandS.toFixed(1)} s, workflow ${workflowS.toFixed(1)} s, bare loop ${bare.at(-1)!.toFixed(1)} s\n`,
      );
      await expectAsked(project, rows);
      await project.server.configure({ latencyMs: 0 });
    }
    const answers = latencyMs === 0 ? 'instant answers' : `answers after ${latencyMs} ms`;
    const what = `${rows.toLocaleString('en-US')} rows, ${STEPS} steps, ${AT_ONCE} at a time, ${answers}`;
    figures.push(
      speedFigure(`${what}: gettok run, typed to end`, median(command), median(bare), atMost),
      speedFigure(`${what}: workflow, start to end`, median(workflow), median(bare), atMost),
    );
  }
  return figures;
}

async function expectAsked({ server }: ModelProject, rows: number): Promise<void> {
  const { total, distinct } = await server.counts();
  if (total !== STEPS * rows || distinct !== STEPS * rows)
    throw new Error(`${total} calls, ${distinct} of them different, for ${STEPS * rows} cells`);
}

const speedFigure = (what: string, seconds: number, bareS: number, atMost: number): Figure => ({
  what,
  measured: `${seconds.toFixed(2)} s`,
  aim: `≤ ${atMost.toFixed(2)} ×`,
  baseline: `bare loop ${bareS.toFixed(2)} s`,
  ratio: (seconds / bareS).toFixed(2),
  met: seconds / bareS <= atMost,
});
