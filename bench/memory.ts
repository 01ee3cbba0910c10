import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GettokFolder, type RunReport } from '../test/end-to-end/gettok-process.ts';
import type { Figure } from './figure.ts';

const ROWS_A_PARTITION = 40;

/** Peak memory of the worker process after a run over few partitions, and after one over many of the same size. */
export async function benchMemory(): Promise<Figure[]> {
  const few = await peakMb(64);
  const many = await peakMb(1024);
  return [
    {
      what: 'worker, peak memory, 1,024 partitions of 40 rows',
      measured: `${many.toFixed(0)} MB`,
      aim: '≤ 1.15 ×',
      baseline: `64 partitions ${few.toFixed(0)} MB`,
      ratio: (many / few).toFixed(2),
      met: many / few <= 1.15,
    },
  ];
}

export async function peakMb(partitions: number): Promise<number> {
  await using project = await GettokFolder.withExample();
  const folder = join(project.path, 'many');
  await mkdir(folder);
  const rows = Array.from({ length: partitions * ROWS_A_PARTITION }, (_, n) =>
    JSON.stringify({
      id: String(n),
      create_time: 1_669_000_000 + (n % partitions) * 86_400,
      caption: `renuncia ya ${n} `.repeat(20),
    }),
  );
  await writeFile(join(folder, 'rows.jsonl'), `${rows.join('\n')}\n`);
  await writeFile(join(folder, 'stance.md'), 'Judge {{video.caption}}\n');
  await writeFile(
    join(folder, 'dataset.yaml'),
    `dataset: many
title: Many partitions
creators: [{ name: Ada Example }]
license: CC-BY-4.0
partition: { by: create_time, every: day }
models:
  lexicon: { provider: baseline, model: facts-and-lexicon-1 }
steps:
  video:  { uses: import/table, with: { path: rows.jsonl, id: id } }
  stance: { uses: ai/classify, needs: [video], with: { model: lexicon, prompt: stance.md, labels: [support, no support, neutral] } }
`,
  );
  const { steps } = await project.json<RunReport>('run', folder);
  if (steps['stance']?.computed !== partitions * ROWS_A_PARTITION) throw new Error('the run did not compute every row');
  return peakOfWorker(project.path);
}

/** Peak memory of the worker of this project, which carries the project's folder in its environment. Linux only. */
async function peakOfWorker(projectFolder: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [command, environment] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(join('/proc', pid, file), 'utf8').catch(() => '')),
    );
    if (command!.includes('main.ts\0worker') && environment!.includes(`GETTOK_PROJECT=${projectFolder}\0`))
      return peakMbOf(Number(pid));
  }
  throw new Error('the worker is not to be found');
}

/** VmHWM of a process. Linux only. */
export async function peakMbOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)![1]) / 1000;
}
