import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { stepKinds } from '../activities/kinds/index.ts';
import { callOfAnswer } from '../activities/models/call-of-answer.ts';
import { replayRequests } from '../activities/models/replay-requests.ts';
import type { Project } from '../cli/open-project.ts';
import { loadDataset } from '../cli/load-dataset.ts';
import { type RecordedAnswer, writeAnswers } from '../datasets/answers-file.ts';
import type { Call } from '../datasets/call.ts';
import type { Cell } from '../datasets/cell.ts';
import { type CellValue, type ColumnJson, columnsFromJson, type TypeJson } from '../datasets/column-type.ts';
import { compareIds } from '../datasets/compare-ids.ts';
import { promptsIn } from '../datasets/declaration/parameter-references.ts';
import { modelOf } from '../datasets/plan/cost-forecast.ts';
import { type PlannedStep, plannedStep } from '../datasets/plan/run-plan.ts';
import { builtInPrices } from '../datasets/prices/price-table.ts';
import { writeStepFiles } from '../datasets/step-files.ts';
import { NO_CALLS } from '../datasets/step-result.ts';
import { type Digest, sha256 } from '../manifests/digest.ts';
import { type Manifest, type PartitionSnapshot, stateDigest, type StepState } from '../manifests/manifest.ts';
import { merkleRoot } from '../manifests/merkle-tree.ts';

/** The size of the original study. */
export const ROWS = 43_697;
export const DAYS = 102;
const FIRST_DAY_S = Date.UTC(2022, 10, 20) / 1000;

const DECLARATION = `dataset: study-size
title: As large as the original study
creators: [{ name: Ada Example }]
license: CC-BY-4.0
partition: { by: create_time, every: day }
models:
  gpt: { provider: openai, model: gpt-4o-2024-11-20 }
  whisper: { provider: openai, model: whisper-1 }
steps:
  video:       { uses: import/table, with: { path: data/videos.jsonl, id: id } }
  media:       { uses: media/files, needs: [video], with: { path: "media/{id}.mp4" } }
  audio:       { uses: media/audio, needs: [media] }
  frames:      { uses: media/frames, needs: [media] }
  transcript:  { uses: ai/transcribe, needs: [audio], with: { model: whisper } }
  description: { uses: ai/generate, needs: [frames], with: { model: gpt, prompt: describe.md, output: { description: string } } }
  stance:      { uses: ai/classify, needs: [frames, transcript, description], with: { model: gpt, prompt: stance.md, labels: [support, no support, neutral] } }
`;

/** An id of which its day can't be guessed, as those of another platform. */
export const idOf = (row: number): string => (7_174_000_000_000_000_000n + BigInt(row) * 1_000_003n).toString();

/** A dataset's folder as large as the original study, and its steps as a run would plan them. */
export async function studyDeclaration(folder: string) {
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(join(folder, 'dataset.yaml'), DECLARATION);
  await writeFile(join(folder, 'describe.md'), 'Describe.\n');
  await writeFile(join(folder, 'stance.md'), 'Judge {{description.description}} and {{transcript.text}}\n');
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const create_time = FIRST_DAY_S + (row % DAYS) * 86_400 + (row % 86_000);
    return `{"id":${idOf(row)},"create_time":${create_time},"username":"user${row % 997}","video_description":"Castillo #${row}","view_count":${row}}\n`;
  });
  await writeFile(join(folder, 'data/videos.jsonl'), lines.join(''));
  const { declaration } = await loadDataset(folder);
  const steps = declaration.steps.map((step) => plannedStep(step, { outside: null, fresh: true, askAgain: [] }));
  return { declaration, steps };
}

/** A file for every video, as `media/files` looks at them. */
export async function writeMedia(folder: string): Promise<void> {
  await mkdir(join(folder, 'media'), { recursive: true });
  const ids = Array.from({ length: ROWS }, (_, row) => idOf(row));
  await pMap(ids, (id) => writeFile(join(folder, `media/${id}.mp4`), id), { concurrency: 64 });
}

/** A version as a run would have made it, with all of its files: values, provenance, raw answers, prompts. */
export async function studyVersion({ blobs }: Pick<Project, 'blobs'>, folder: string): Promise<Manifest> {
  const { declaration, steps } = await studyDeclaration(folder);
  for (const step of steps)
    for (const { text } of promptsIn(stepKinds.get(step.kind)!.params, step.params)) await blobs.put(Buffer.from(text));
  for (const image of IMAGES) await blobs.put(image);
  const partitions = new Map<string, Map<string, PartitionSnapshot>>(steps.map(({ name }) => [name, new Map()]));
  const days = Array.from({ length: DAYS }, (_, day) => day);
  await pMap(
    days,
    async (day) => {
      const rows = Array.from({ length: ROWS }, (_, row) => row).filter((row) => row % DAYS === day);
      const made = new Map<string, readonly Cell[]>();
      for (const step of steps) {
        const { cells, answers } = await cellsOf(step, rows, made);
        made.set(step.name, cells);
        const file = answers.length > 0 ? await blobs.put(await writeAnswers(answers)) : null;
        const complete = cells.map((cell) => ({ ...cell, ...(answers.length > 0 && { answers: file }) }));
        const files = await writeStepFiles(columnsFromJson(step.columns), complete);
        const counts = { ok: rows.length, skipped: {}, failed: {} };
        partitions.get(step.name)!.set(dayName(day), {
          values: await blobs.put(files.values),
          provenance: await blobs.put(files.provenance),
          rows: rows.length,
          counts,
          root: merkleRoot([]),
          ...(file && { answers: [file] }),
        });
      }
    },
    { concurrency: 2 },
  );
  const states = Object.fromEntries(
    steps.map((step) => [step.name, stateOf(step, Object.fromEntries(partitions.get(step.name)!))]),
  );
  return manifestOf(declaration, states, null);
}

export const dayName = (day: number): string =>
  new Date((FIRST_DAY_S + day * 86_400) * 1000).toISOString().slice(0, 10);

export const stateOf = (step: PlannedStep, partitions: StepState['partitions']): StepState => ({
  kind: step.kind,
  revision: step.revision,
  source: step.source,
  needs: [...step.needs],
  configuration: step.configuration,
  parameters: step.parameters,
  reads: Object.fromEntries(Object.entries(step.reads).map(([role, read]) => [role, `${read.step}.${read.column}`])),
  columns: step.columns.map((column) => ({ ...column })) as StepState['columns'],
  partitions,
});

export const manifestOf = (
  { dataset, normalised, partition }: Awaited<ReturnType<typeof studyDeclaration>>['declaration'],
  steps: Manifest['state']['steps'],
  parent: Digest | null,
  createdMs = 0,
): Manifest => ({
  format: 'gettok-manifest/1',
  stateDigest: stateDigest(steps),
  state: { dataset, declaration: normalised, partition: { ...partition }, steps },
  record: {
    parent,
    run: `r-bench-${createdMs}`,
    branch: 'main',
    by: 'bench',
    message: createdMs % 3 === 0 ? `version ${createdMs}` : null,
    created_at: String(createdMs),
    started_at: String(createdMs),
    temporal: { namespace: 'default', workflow_id: 'bench', run_id: 'bench' },
    software: { gettok: 'bench' },
    steps: Object.fromEntries(
      Object.entries(steps).map(([name, step]) => [
        name,
        {
          outside: null,
          computed: ROWS,
          reused: 0,
          paid: NO_CALLS,
          partitions: Object.fromEntries(
            Object.keys(step.partitions).map((day) => [
              day,
              {
                run: `r-bench-${createdMs}`,
                models: { 'openai gpt-4o-2024-11-20 → gpt-4o-2024-11-20': 428 },
                ...NO_CALLS,
              },
            ]),
          ),
        },
      ]),
    ),
  },
});

async function cellsOf(step: PlannedStep, rows: readonly number[], made: ReadonlyMap<string, readonly Cell[]>) {
  const answers: RecordedAnswer[] = [];
  const model = modelOf(step);
  const cells = await pMap(
    rows.map((row) => idOf(row)).toSorted(compareIds),
    async (id, place): Promise<Cell> => {
      const calls: Call[] = [];
      const cellKey = sha256(`${step.name} ${id}`);
      if (model) {
        const inputs = Object.fromEntries(
          Object.entries(step.reads).map(([role, read]) => [role, made.get(read.step)![place]!.values[read.column]!]),
        );
        const blobs = { byteLength: async () => 1000 } as unknown as Parameters<typeof replayRequests>[3]['blobs'];
        const { requests } = await replayRequests(stepKinds.get(step.kind)!, step, inputs, {
          blobs,
          answersTo: () => [],
        });
        const { request, key } = requests[0]!;
        const bytes = Buffer.from(JSON.stringify({ ...ANSWER, id: `chatcmpl-${id}`, text: 'no podemos' }));
        const answer = { id, requestKey: key, cellKey, answer: sha256(bytes), ...SENT, bytes };
        answers.push(answer);
        calls.push(callOfAnswer({ model, request, requestKey: key }, answer, ANSWER, builtInPrices));
      }
      return {
        id,
        status: 'ok',
        errorCode: null,
        values: Object.fromEntries(step.columns.map((column) => [column.name, valueOf(column, id)])),
        cellKey,
        run: 'r-mww5twpt-0de656',
        errorMessage: null,
        software: 'gettok/0.1.0 node/24.21.0 ffmpeg/5.1.9',
        calls,
        ...(step.source && { salt: '00'.repeat(32), origin: `data/videos.jsonl:${place + 1}` }),
      };
    },
    { concurrency: 1 },
  );
  return { cells, answers };
}

const SENT = { status: 200, requestId: 'req_1', run: 'r-1', attempt: 1, startedMs: 1000, endedMs: 2000, batch: false };
const MESSAGE = { role: 'assistant', content: '{"rationale":"He asks that the president stay.","label":"support"}' };
const ANSWER = {
  id: 'chatcmpl-1',
  model: 'gpt-4o-2024-11-20',
  choices: [{ index: 0, message: MESSAGE, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1412, completion_tokens: 38, total_tokens: 1450 },
};

/** As much of a PNG as says how large it is. */
const IMAGES = Array.from({ length: 64 }, (_, number) => {
  const header = Buffer.from('89504e470d0a1a0a0000000d494844520000030000000555080200000000000000', 'hex');
  return Buffer.concat([header, Buffer.from([number])]);
});

function valueOf({ name, type, media }: ColumnJson, id: string): CellValue {
  const of = (each: TypeJson): CellValue => {
    if (each === 'text' && media === 'image') return sha256(IMAGES[Number(BigInt(id) % 64n)]!);
    if (each === 'text') return media ? sha256(`${id} ${name}`) : `No podemos permitir que ${id} nos gobierne así.`;
    if (each === 'int64') return 7n;
    if (each === 'bool') return true;
    if (typeof each === 'string') return 7;
    if ('list' in each) return [of(each.list), of(each.list), of(each.list)];
    return Object.fromEntries(Object.entries(each.struct).map(([field, part]) => [field, of(part)]));
  };
  return of(type);
}
