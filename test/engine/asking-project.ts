import { stepKinds } from '../../activities/kinds/index.ts';
import type { StepKind } from '../../activities/step-kind.ts';
import type { WorkerServices } from '../../activities/worker-services.ts';
import { readAnswers, type RecordedAnswer } from '../../datasets/answers-file.ts';
import type { Manifest, PartitionSnapshot } from '../../manifests/manifest.ts';
import type { OpenAIServer } from '../openai-server/openai-server.ts';
import { TestProject } from './test-project.ts';

export const MODELS = 'models: { gpt: { provider: openai, model: gpt-4o-2024-11-20 } }';

export interface AskingOptions {
  readonly rows: number;
  readonly buckets: number;
  /** Lines of the declaration under `steps`, after the rows, which step `video` has in its column `words`. */
  readonly steps: string;
  readonly models?: string;
  readonly kinds?: Iterable<readonly [string, StepKind]>;
  readonly tools?: Partial<WorkerServices>;
}

/** A project whose rows are asked about at a test server; row `n` says "palabras de n." */
export async function askingProject(
  server: OpenAIServer,
  { rows, buckets, steps, models = MODELS, kinds = [], tools = {} }: AskingOptions,
): Promise<TestProject> {
  const project = await TestProject.start(new Map([...stepKinds, ...kinds]), tools, {
    env: { OPENAI_API_KEY: server.apiKey },
    baseUrl: server.url,
  });
  const ids = Array.from({ length: rows }, (_, row) => `row-${row}`);
  await project.write('rows.csv', `id,words\n${ids.map((id, row) => `${id},palabras de ${row}.\n`).join('')}`);
  await project.write('prompt.md', 'Which stance?\n{{video.words}}\n');
  await declare(project, { buckets, models, steps });
  return project;
}

export const declare = (
  project: TestProject,
  { buckets, models = MODELS, steps }: Pick<AskingOptions, 'buckets' | 'models' | 'steps'>,
): Promise<void> =>
  project.write(
    'dataset.yaml',
    `dataset: peru
partition: { by: id, buckets: ${buckets} }
${models}
steps:
  video: { uses: import/table, with: { path: rows.csv, id: id } }
${steps}
`,
  );

export const partitionsOf = ({ state }: Manifest, step = 'stance'): PartitionSnapshot[] =>
  Object.values(state.steps[step]!.partitions);

/** Cells by what became of them, over all partitions. */
export function countsOf(manifest: Manifest, step = 'stance'): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { counts } of partitionsOf(manifest, step))
    for (const [code, rows] of [['ok', counts.ok] as const, ...Object.entries({ ...counts.skipped, ...counts.failed })])
      sum[code] = (sum[code] ?? 0) + rows;
  return sum;
}

export async function answersIn(
  project: TestProject,
  manifest: Manifest,
  step = 'stance',
): Promise<readonly RecordedAnswer[]> {
  const files = new Set(partitionsOf(manifest, step).flatMap(({ answers }) => answers ?? []));
  const paths = await Promise.all([...files].map((file) => project.services.blobs.file(file)));
  return (await Promise.all(paths.map((path) => readAnswers(project.services.database, path)))).flat();
}
