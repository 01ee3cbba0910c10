import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { int64, list, text } from '../datasets/column-type.ts';
import { differingFiles } from '../datasets/diff/changed-rows.ts';
import { diffVersions, type Version } from '../datasets/diff/diff-versions.ts';
import { openDatabase } from '../datasets/parquet/database.ts';
import { parquetFiles } from '../datasets/parquet/sql-text.ts';
import { type Manifest, stateDigest } from '../manifests/manifest.ts';
import { sha256 } from '../manifests/digest.ts';
import { type BuiltStep, buildVersion } from '../test/datasets/diff/build-version.ts';
import { GettokFolder } from '../test/end-to-end/gettok-process.ts';
import { commitStudy, connectFolder } from './commit-study.ts';
import { DAYS, dayName, idOf, ROWS } from './study-version.ts';
import { type Figure, medianPairs, medianSeconds, secondsFigure, timed } from './figure.ts';

const AIM_S = 3;
/** Times the time of the same comparison in SQL alone, both without the start of a process. */
const AT_MOST = 2;
const PAIRS = 11;

/** `diff` of two versions of seven steps that differ in one: another model judged every row again. */
export async function benchDiff(): Promise<Figure[]> {
  await using project = await GettokFolder.withExample();
  const [a, b] = await commitAsIfRun(project.path);
  const pair = {
    before: { name: 'stance', state: a.manifest.state.steps['stance']! },
    after: { name: 'stance', state: b.manifest.state.steps['stance']! },
  };
  const diff = (...more: string[]) =>
    project.json<{ rows: { changed: number } }>('diff', 'earlier', 'main', '--folder', 'study-size', ...more);
  const first = await timed(diff);
  const command = await medianSeconds(5, async () => {
    const { rows } = await diff();
    if (rows.changed < ROWS / 2) throw new Error(`only ${rows.changed} rows changed`);
  });

  await using open = await connectFolder(project.path);
  const files = async (side: 'before' | 'after') =>
    Promise.all(differingFiles(pair)[side].map(({ values }) => open.blobs.file(values)));
  const sql = bareComparison(await files('before'), await files('after'));
  const folder = await mkdtemp(join(project.path, 'bare-'));
  await writeFile(join(folder, 'compare.sql'), sql);
  const bare = await medianSeconds(5, () => bareProcess(join(folder, 'compare.sql')));
  const compared = await medianPairs(
    PAIRS,
    async () => {
      using database = await openDatabase();
      const everything = { steps: null, columns: null, ids: null, samples: 'few' } as const;
      await diffVersions({ blobs: open.blobs, database }, a, b, everything);
    },
    async () => {
      using database = await openDatabase();
      await database.rows(sql);
    },
  );
  await rm(folder, { recursive: true });
  const what = `diff: ${ROWS.toLocaleString('en-US')} rows, ${DAYS} partitions, 7 steps, one differs`;
  const inSql = { what: 'DuckDB, SQL', seconds: compared.baseline };
  const bareProgram = { what: 'node, DuckDB, SQL', seconds: bare };
  return [
    // Its start, the services and two manifests are no part of a comparison, and most of the command's time.
    secondsFigure(`${what}, typed to end`, command, AIM_S, bareProgram),
    {
      ...secondsFigure(`${what}, without the process`, compared.seconds, AIM_S, inSql),
      aim: `≤ ${AT_MOST} ×`,
      ratio: compared.ratio.toFixed(1),
      met: compared.ratio <= AT_MOST,
    },
    secondsFigure(`${what}, files not here yet`, first, 2 * AIM_S, bareProgram),
  ];
}

/** The least that compares the same files: how many values of each of their columns differ, the outcome being two of them. */
const bareComparison = (before: readonly string[], after: readonly string[]): string =>
  `SELECT ${['label', 'rationale', 'status', 'error_code'].map((name) => `count(*) FILTER (a.${name} IS DISTINCT FROM b.${name})`).join(', ')} ` +
  `FROM ${parquetFiles(before)} a JOIN ${parquetFiles(after)} b ON a.id = b.id`;

const bareProcess = (path: string) =>
  execa(
    'node',
    [
      '--input-type=module',
      '-e',
      `import { readFileSync } from 'node:fs';
     import { DuckDBInstance } from '@duckdb/node-api';
     const instance = await DuckDBInstance.create(':memory:');
     const connection = await instance.connect();
     const result = await connection.runAndReadAll(readFileSync(${JSON.stringify(path)}, 'utf8'));
     console.log(result.getRowsJS());`,
    ],
    { preferLocal: true },
  );

const step = (kind: string, more: Partial<BuiltStep>): BuiltStep => ({
  kind,
  revision: 1,
  parameters: {},
  reads: { 'video.video_description': 'rows.video_description' },
  columns: { text: text() },
  software: 'gettok/0.1.0 node/24.21.0 ffmpeg/5.1.9',
  make: (id) => ({ values: { text: `what is seen and heard in ${id}, in a sentence or two of the usual length` } }),
  ...more,
});

const frames = (id: string) => Array.from({ length: 8 }, (_, n) => sha256(`${id} ${n}`));
const LABELS = ['support', 'no support', 'neutral'];
const stance = (model: string): BuiltStep =>
  step('ai/classify', {
    parameters: { model: { provider: 'openai', model } },
    reads: { 'description.text': 'description.text' },
    columns: { label: text(), rationale: text() },
    make(id) {
      const place = Number.parseInt(sha256(`${model} ${id}`).slice(-6), 16) % LABELS.length;
      return {
        values: { label: LABELS[place]!, rationale: `By ${model}: ${id} shows a crowd and says so, hence this.` },
      };
    },
  });

async function commitAsIfRun(projectFolder: string): Promise<[Version, Version]> {
  await using project = await connectFolder(projectFolder);
  await mkdir(join(projectFolder, 'study-size'));
  await writeFile(join(projectFolder, 'study-size/dataset.yaml'), 'dataset: study-size\n');
  const steps = {
    media: step('media/files', { columns: { file: text() }, make: (id) => ({ values: { file: sha256(id) } }) }),
    audio: step('media/audio', { columns: { audio: text() }, make: (id) => ({ values: { audio: sha256(id) } }) }),
    frames: step('media/frames', {
      columns: { frames: list(text()) },
      make: (id) => ({ values: { frames: frames(id) } }),
    }),
    transcript: step('ai/transcribe', {}),
    description: step('ai/generate', {}),
  };
  const rows = { columns: { video_description: text(), view_count: int64() }, rows: sourceRows() };
  const built = { dataset: 'study-size', rows };
  const a = await buildVersion(project.blobs, { ...built, steps: { ...steps, stance: stance('gpt-4o-2024-11-20') } });
  const description = steps.description;
  const other = await buildVersion(project.blobs, {
    ...built,
    steps: { description, stance: stance('gpt-5.1-2025-11-13') },
  });
  const changed = { ...a.manifest.state.steps, stance: other.manifest.state.steps['stance']! };
  const b: Manifest = {
    ...a.manifest,
    stateDigest: stateDigest(changed),
    state: { ...a.manifest.state, steps: changed },
  };
  return [
    { version: await commitStudy(project, a.manifest, 'earlier'), manifest: a.manifest },
    { version: await commitStudy(project, b), manifest: b },
  ];
}

const sourceRows = () =>
  Array.from({ length: ROWS }, (_, n) => ({
    id: idOf(n),
    partition: dayName(n % DAYS),
    made: { values: { video_description: `Castillo #${n} en la plaza`, view_count: BigInt(n) } },
  }));
