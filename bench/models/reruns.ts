import type { BenchOptions } from '../bench-options.ts';
import type { Figure } from '../figure.ts';
import type { ModelDataset } from './model-dataset.ts';
import { ModelProject, sizeOf } from './model-project.ts';

const ADDED = 10;
const OTHER_MODEL = ['--set', 'models.gpt.model=gpt-4o-mini-2024-07-18'];

/** What is asked again after each kind of change, counted by the server. */
export async function benchModelReruns({ rows }: BenchOptions): Promise<Figure[]> {
  await using project = await ModelProject.start();
  const dataset = await project.collected('reruns', sizeOf(rows));
  const figures: Figure[] = [];
  const check = async (what: string, aim: Calls, ...args: readonly string[]) => {
    figures.push(figureOf(what, await callsOf(project, dataset, args), aim));
  };
  await check('the first run', { summary: rows, stance: rows });
  await check('nothing changed', { summary: 0, stance: 0 });
  await dataset.writeRows(Array.from({ length: rows }, (_, n) => (n * 7919) % rows));
  await check('rows in another order', { summary: 0, stance: 0 });
  await dataset.writeRows(Array.from({ length: rows + ADDED }, (_, n) => n));
  await check(`${ADDED} rows added`, { summary: ADDED, stance: ADDED });
  const all = rows + ADDED;
  await dataset.writePrompt('stance', 'Answer with care.\n');
  await check('prompt of the second step edited', { summary: 0, stance: all });
  await dataset.writePrompt('summary', 'Answer with care.\n');
  await check('prompt of the first step edited', { summary: all, stance: all });
  await check('another model', { summary: all, stance: all }, ...OTHER_MODEL);
  await check('the first model again', { summary: 0, stance: 0 });
  await check('the other model again', { summary: 0, stance: 0 }, ...OTHER_MODEL);
  return figures;
}

interface Calls {
  readonly summary: number;
  readonly stance: number;
}

async function callsOf(project: ModelProject, dataset: ModelDataset, args: readonly string[]): Promise<Calls> {
  await project.server.reset();
  const { report } = await project.run(dataset, ...args);
  const calls = { summary: report.steps['summary']!.calls, stance: report.steps['stance']!.calls };
  const { total } = await project.server.counts();
  if (total !== calls.summary + calls.stance)
    throw new Error(`the run reports ${JSON.stringify(calls)} calls, the server saw ${total}`);
  return calls;
}

const sum = ({ summary, stance }: Calls) => `${summary} + ${stance}`;

const figureOf = (what: string, calls: Calls, aim: Calls): Figure => ({
  what: `calls after: ${what}`,
  measured: sum(calls),
  aim: sum(aim),
  baseline: '',
  ratio: '',
  met: sum(calls) === sum(aim),
});
