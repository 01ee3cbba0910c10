import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { loadDataset } from '../cli/load-dataset.ts';
import { prepareRun } from '../cli/prepare-run.ts';
import { parquetFiles } from '../datasets/parquet/sql-text.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { GettokFolder } from '../test/end-to-end/gettok-process.ts';
import { commitStudy, connectFolder } from './commit-study.ts';
import { type Figure, medianSeconds, secondsFigure, timed } from './figure.ts';
import { DAYS, ROWS, studyVersion, writeMedia } from './study-version.ts';

const SIZE = `${ROWS.toLocaleString('en-US')} rows, ${DAYS} partitions, 7 steps`;

/**
 * `plan` on an unchanged dataset, where every file is looked at by stat, every partition by digest, and no row is read; and
 * after an edit of one prompt, where what the prompt reads is measured to tell the price.
 */
export async function benchPlan(): Promise<Figure[]> {
  await using project = await GettokFolder.withExample();
  const folder = join(project.path, 'study-size');
  const read = await commitAsIfRun(project.path, folder);
  const plan = async () => project.json<{ up_to_date: boolean; steps: readonly PlannedStep[] }>('plan', folder);

  const unchanged = async () => {
    const { up_to_date: upToDate } = await plan();
    if (!upToDate) throw new Error('the plan should find the dataset up to date');
  };
  await unchanged();
  const seconds = await medianSeconds(5, unchanged);
  const statOnly = await medianSeconds(5, () =>
    execa('node', ['-e', `const fs=require('fs');for(const f of fs.readdirSync('media'))fs.statSync('media/'+f)`], {
      cwd: folder,
      preferLocal: true,
    }),
  );

  const edited = async () => {
    // Another text each time: what was counted of the last says nothing of this one.
    await appendFile(join(folder, 'stance.md'), 'Answer with care.\n');
    const { steps } = await plan();
    const computed = steps.filter(({ compute }) => compute.high > 0).map(({ step, compute }) => [step, compute.high]);
    if (JSON.stringify(computed) !== `[["stance",${ROWS}]]`) throw new Error(`planned ${JSON.stringify(computed)}`);
    if (!steps.at(-1)?.cost_usd) throw new Error('the plan should say what it costs');
  };
  await edited();
  const prompt = await medianSeconds(5, edited);
  const lengths = await medianSeconds(5, () => execa('node', ['-e', LENGTHS, read], { cwd: ROOT, preferLocal: true }));
  await rm(join(project.path, '.gettok/cache/objects'), { recursive: true });
  const cold = await timed(edited);
  const sums = { what: 'node, DuckDB: lengths of what it reads', seconds: lengths };
  return [
    secondsFigure(`plan, unchanged: ${SIZE}`, seconds, 2, { what: 'node, one stat a video', seconds: statOnly }),
    secondsFigure(`plan, one prompt edited: ${SIZE}`, prompt, 5, sums),
    secondsFigure(`plan, one prompt edited, files not here yet: ${SIZE}`, cold, 5, sums),
  ];
}

interface PlannedStep {
  readonly step: string;
  readonly compute: { readonly high: number };
  readonly cost_usd?: object | null;
}

const ROOT = new URL('..', import.meta.url).pathname;
const LENGTHS = `
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  console.log((await connection.runAndReadAll(process.argv[1])).getRows());
})();
`;

/** Makes the dataset with its version as a run would have; gives back SQL over what the edited prompt reads. */
async function commitAsIfRun(projectFolder: string, folder: string): Promise<string> {
  await using project = await connectFolder(projectFolder);
  const manifest = await studyVersion(project, folder);
  await writeMedia(folder);
  const { plan } = await prepareRun(project, await loadDataset(folder), { branch: 'main', retry: [], message: null });
  const steps = Object.fromEntries(
    plan.steps.map(({ name, outside }) => [name, { ...manifest.record.steps[name]!, outside }]),
  );
  await commitStudy(project, { ...manifest, record: { ...manifest.record, steps } });
  const filesOf = (step: string) =>
    Promise.all(valuesOf(manifest, step).map((digest) => project.blobs.file(digest))).then((files) =>
      parquetFiles(files),
    );
  const [frames, transcript, description] = await Promise.all(['frames', 'transcript', 'description'].map(filesOf));
  return (
    `SELECT sum(len(f.frames)), sum(length(t.text)), sum(length(d.description)) FROM ${frames} f ` +
    `JOIN ${transcript} t ON t.id = f.id JOIN ${description} d ON d.id = f.id`
  );
}

const valuesOf = ({ state }: Manifest, step: string) =>
  Object.values(state.steps[step]!.partitions).map(({ values }) => values);
