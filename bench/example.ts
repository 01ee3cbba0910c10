import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { GettokFolder, type RunReport } from '../test/end-to-end/gettok-process.ts';
import { demoModels } from '../cli/demo-models.ts';
import { type Figure, medianSeconds, secondsFigure, timed } from './figure.ts';

/** The example with the demo's models: the first run, a run with nothing changed, and a run with a changed prompt. */
export async function benchExample(): Promise<Figure[]> {
  await using project = await GettokFolder.withExample();
  const set = demoModels({ hasKey: false, hasSpeech: false }).set.flatMap((value) => ['--set', value]);
  const run = () => project.json<RunReport>('run', 'peru-2022', ...set);
  const start = {
    what: 'node, start and end',
    seconds: await medianSeconds(5, () => execa('node', ['-e', '0'], { preferLocal: true })),
  };
  await project.gettok('up');
  const first = await timed(run);
  const unchanged = await medianSeconds(3, run);
  await appendFile(join(project.path, 'peru-2022/prompts/stance.md'), '\nAnswer with care.\n');
  const prompt = await timed(run);
  return [
    secondsFigure('example, first run', first, 360, start),
    secondsFigure('example, nothing changed', unchanged, 5, start),
    secondsFigure('example, one prompt changed', prompt, 60, start),
  ];
}
