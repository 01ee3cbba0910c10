import type { BenchOptions } from '../bench-options.ts';
import type { Figure } from '../figure.ts';
import { peakMbOf } from '../memory.ts';
import { ModelProject, sizeOf } from './model-project.ts';

/** Below some 20,000 rows V8 still fills its heaps: what it hasn't collected yet would count as growth. */
const FEW = 4;
const TIMES = 8;
const ROWS_A_PARTITION = 625;

/** Peak memory of the worker with eight times the rows in partitions of the same size. */
export async function benchModelMemory(options: BenchOptions): Promise<Figure[]> {
  const rows = FEW * options.rows;
  const few = await peakMb(rows);
  const many = await peakMb(TIMES * rows);
  return [
    {
      what: `worker that asks models, peak memory, ${(TIMES * rows).toLocaleString('en-US')} rows`,
      measured: `${many.toFixed(0)} MB`,
      aim: '≤ 1.15 ×',
      baseline: `${rows.toLocaleString('en-US')} rows ${few.toFixed(0)} MB`,
      ratio: (many / few).toFixed(2),
      met: many / few <= 1.15,
    },
  ];
}

async function peakMb(rows: number): Promise<number> {
  await using project = await ModelProject.start();
  await project.run(await project.collected('many', sizeOf(rows, Math.ceil(rows / ROWS_A_PARTITION))));
  return peakMbOf(project.faults.services().children.worker!.pid);
}
