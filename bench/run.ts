import { benchExample } from './example.ts';
import { benchMemory } from './memory.ts';
import { benchPlan } from './plan.ts';
import type { Figure } from './figure.ts';
import { renderTable } from '../cli/terminal/render-table.ts';

/**
 * `npm run bench`: the figures that the project promises, each beside a baseline measured in the same run, since machines
 * differ and are noisy. `npm run bench plan` runs one of them.
 */
const benches: Record<string, () => Promise<readonly Figure[]>> = {
  plan: benchPlan,
  example: benchExample,
  memory: benchMemory,
};

const chosen = process.argv.slice(2);
const figures: Figure[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  figures.push(...(await bench()));
}
const rows = figures.map(({ what, measured, aim, baseline, ratio }) => [what, measured, aim, baseline, ratio]);
const columns = [
  { title: 'what' },
  { title: 'measured', align: 'right' },
  { title: 'aim', align: 'right' },
  { title: 'baseline of this run', align: 'right' },
  { title: 'ratio', align: 'right' },
] as const;
process.stdout.write(`${renderTable(columns, rows, 200)}\n`);
