import { parseArgs } from 'node:util';
import { renderTable } from '../cli/terminal/render-table.ts';
import type { BenchOptions } from './bench-options.ts';
import { benchCollectFaults } from './collect/faults.ts';
import { benchCollectSpeed } from './collect/speed.ts';
import { benchDiff } from './diff.ts';
import { benchExample } from './example.ts';
import type { Figure } from './figure.ts';
import { benchMemory } from './memory.ts';
import { benchModelKills } from './models/kills.ts';
import { benchModelLimits } from './models/limits.ts';
import { benchModelMemory } from './models/memory.ts';
import { benchModelReruns } from './models/reruns.ts';
import { benchModelSpeed } from './models/speed.ts';
import { benchLog } from './log.ts';
import { benchPlan } from './plan.ts';
import { benchWhy } from './why.ts';

/**
 * `npm run bench`: the figures that the project promises, each beside a baseline measured in the same run, since machines
 * differ and are noisy. `npm run bench plan` runs one of them, `npm run bench models` all of the model engine, `collect` the
 * collection of 43,697 videos, and `npm run bench models-speed -- --rows 1000 --pairs 1` a smaller one.
 */
const benches: Record<string, (options: BenchOptions) => Promise<readonly Figure[]>> = {
  plan: benchPlan,
  diff: benchDiff,
  why: benchWhy,
  log: benchLog,
  example: benchExample,
  memory: benchMemory,
  'models-speed': benchModelSpeed,
  'models-limit': benchModelLimits,
  'models-rerun': benchModelReruns,
  'models-kill': benchModelKills,
  'models-memory': benchModelMemory,
  'collect-speed': benchCollectSpeed,
  'collect-faults': benchCollectFaults,
};
const columns = [
  { title: '' },
  { title: 'what' },
  { title: 'measured', align: 'right' },
  { title: 'aim', align: 'right' },
  { title: 'baseline of this run', align: 'right' },
  { title: 'ratio', align: 'right' },
] as const;

const { positionals: chosen, values } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '5000' }, pairs: { type: 'string', default: '3' } },
});
const isChosen = (name: string) =>
  chosen.length === 0 || chosen.some((each) => name === each || name.startsWith(`${each}-`));
let missed = 0;
for (const [name, bench] of Object.entries(benches).filter(([each]) => isChosen(each))) {
  process.stderr.write(`${name} …\n`);
  const figures = await bench({ rows: Number(values.rows), pairs: Number(values.pairs) });
  missed += figures.filter(({ met }) => !met).length;
  const rows = figures.map(({ what, measured, aim, baseline, ratio, met }) => [
    met ? '✔' : '✘',
    what,
    measured,
    aim,
    baseline,
    ratio,
  ]);
  process.stdout.write(`${renderTable(columns, rows, 200)}\n`);
}
if (missed > 0) process.stdout.write(`✘ ${missed} missed\n`);
