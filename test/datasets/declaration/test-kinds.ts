import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { defineStepKind, type StepKind } from '../../../activities/step-kind.ts';
import { blob, type Columns, int64, list, text } from '../../../datasets/column-type.ts';
import { placeholdersOf } from '../../../datasets/declaration/prompt-template.ts';
import { modelName, promptFile, UnreadableInputError } from '../../../datasets/step-kind.ts';
import { GettokError } from '../../../manifests/gettok-error.ts';

// Step kinds with the shapes of the real ones and nothing behind them, so that these tests don't change with those.

class NoTableError extends GettokError {
  override readonly name = 'NoTableError';
}

const none = z.strictObject({});
const notCalled = () => Promise.reject(new Error('a declaration runs nothing'));
const noRows = async function* () {};

const importTable = defineStepKind({
  kind: 'import/table',
  revision: 1,
  summary: 'Rows of a table.',
  queue: 'files',
  params: z.strictObject({ path: z.string().min(1), id: z.string().default('id') }),
  tuning: none,
  makes: () => null,
  async inspect({ path, id }, folder): Promise<Columns> {
    const table = await readFile(join(folder, path), 'utf8').catch(() => {
      throw new NoTableError(`There is no ${path}. Put the table there or correct path.`);
    });
    const names = table
      .split('\n', 1)[0]!
      .split(',')
      .filter((name) => name !== id);
    return Object.fromEntries(names.map((name) => [name, name.endsWith('_time') ? int64() : text()]));
  },
  rows: noRows,
});

const tiktokVideos = defineStepKind({
  kind: 'tiktok/videos',
  revision: 1,
  summary: 'Videos that a query finds.',
  queue: 'main',
  params: z.strictObject({
    regions: z.array(z.string().length(2)).min(1),
    from: z.iso.date(),
    to: z.iso.date(),
  }),
  tuning: none,
  makes: () => ({ create_time: int64(), video_description: text(), hashtag_names: list(text()) }),
  rows: noRows,
});

const mediaFiles = defineStepKind({
  kind: 'media/files',
  revision: 1,
  summary: 'The video of each row.',
  queue: 'files',
  params: z.strictObject({ path: z.string().min(1) }),
  tuning: none,
  reads: {},
  makes: { file: blob('video') },
  cell: notCalled,
});

const mediaAudio = defineStepKind({
  kind: 'media/audio',
  revision: 1,
  summary: 'The sound of a video.',
  queue: 'media',
  params: none,
  tuning: z.strictObject({ timeout_s: z.int().positive().default(120) }),
  reads: { file: blob('video') },
  makes: { audio: blob('audio') },
  cell: notCalled,
});

const mediaFrames = defineStepKind({
  kind: 'media/frames',
  revision: 1,
  summary: 'Pictures of a video.',
  queue: 'media',
  params: z.strictObject({
    every_nth: z.int().positive().default(300),
    max: z.int().min(1).max(64).default(8),
    format: z.enum(['jpeg', 'png']).default('jpeg'),
  }),
  tuning: z.strictObject({ timeout_s: z.int().positive().default(120) }),
  reads: { file: blob('video') },
  makes: { frames: list(blob('image')) },
  cell: notCalled,
});

const aiTranscribe = defineStepKind({
  kind: 'ai/transcribe',
  revision: 1,
  summary: 'What is said.',
  queue: 'ai',
  params: z.strictObject({ model: modelName(), language: z.string().length(2).optional() }),
  tuning: z.strictObject({ concurrency: z.int().positive().default(8) }),
  reads: { audio: blob('audio') },
  makes: { text: text(), language: text() },
  cell: notCalled,
});

const outputType = z.enum(['string', 'number', 'list']);

const aiGenerate = defineStepKind({
  kind: 'ai/generate',
  revision: 2,
  summary: 'Whatever a prompt asks for.',
  queue: 'ai',
  params: z.strictObject({
    model: modelName(),
    prompt: promptFile(),
    system: promptFile().optional(),
    output: z.record(z.string(), z.union([outputType, z.strictObject({ type: outputType, note: z.string() })])),
  }),
  tuning: z.strictObject({ concurrency: z.int().positive().default(8) }),
  reads: ({ prompt }, needs) =>
    Object.fromEntries(
      placeholdersOf(prompt.text).map(({ step, column }) => {
        const type = needs[step]?.[column];
        if (type === undefined)
          throw new UnreadableInputError('prompt', `${step}.${column}`, 'a column of a needed step');
        return [`${step}.${column}`, { step, column, type, required: false }];
      }),
    ),
  makes: ({ output }) => Object.fromEntries(Object.keys(output).map((name) => [name, text()])),
  cell: notCalled,
});

const aiClassify = defineStepKind({
  kind: 'ai/classify',
  revision: 1,
  summary: 'One of some labels.',
  queue: 'ai',
  params: z.strictObject({ model: modelName(), prompt: promptFile(), labels: z.array(z.string().min(1)).min(2) }),
  tuning: z.strictObject({ concurrency: z.int().positive().default(8) }),
  reads: () => ({}),
  makes: () => ({ label: text(), rationale: text() }),
  cell: notCalled,
});

export const testKinds: ReadonlyMap<string, StepKind> = new Map(
  [importTable, tiktokVideos, mediaFiles, mediaAudio, mediaFrames, aiTranscribe, aiGenerate, aiClassify].map((kind) => [
    kind.kind,
    kind,
  ]),
);
