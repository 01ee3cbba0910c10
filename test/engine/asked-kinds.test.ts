import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStepKind } from '../../activities/step-kind.ts';
import { blob, float32, list, text } from '../../datasets/column-type.ts';
import { readParquet } from '../../datasets/parquet/read-parquet.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { mediaBench } from '../activities/media-bench.ts';
import { toneAudio } from '../activities/tone-audio.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { answersIn, askingProject, countsOf, declare, partitionsOf } from './asking-project.ts';
import type { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
const media = await mediaBench();
afterAll(async () => {
  await server.close();
  await media.close();
});
let project: TestProject;
beforeEach(() => {
  server.reset();
});
afterEach(() => project[Symbol.asyncDispose]());

async function valuesOf(manifest: Manifest, step: string, columns: Parameters<typeof readParquet>[2]) {
  const paths = await Promise.all(
    partitionsOf(manifest, step).map(({ values }) => project.services.blobs.file(values)),
  );
  return readParquet(project.services.database, paths, { id: text(), ...columns });
}

it('makes vectors that DuckDB reads as the provider sent them', async () => {
  const steps = '  vector: { uses: ai/embed, needs: [video], with: { model: small, prompt: prompt.md } }';
  const models = 'models: { small: { provider: openai, model: text-embedding-3-small } }';
  project = await askingProject(server, { rows: 6, buckets: 2, steps, models });
  const { manifest } = await project.run();
  expect(countsOf(manifest, 'vector')).toEqual({ ok: 6 });
  const sent = new Map(
    (await answersIn(project, manifest, 'vector')).map(({ id, bytes }) => {
      const { data } = JSON.parse(bytes.toString('utf8')) as { data: [{ embedding: number[] }] };
      return [id, data[0].embedding];
    }),
  );
  const read = await valuesOf(manifest, 'vector', { vector: list(float32()) });
  expect(new Map(read.map(({ id, vector }) => [id, vector]))).toEqual(sent);
  expect((await project.run()).changed).toBe(false);
  expect(server.counts().total).toBe(6);
});

it('pays for two more answers a row when three repeats become five', async () => {
  const steps = (repeats: number) =>
    `  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [yes, no], repeats: ${repeats} } }`;
  project = await askingProject(server, { rows: 4, buckets: 2, steps: steps(3) });
  const three = await project.run();
  expect(countsOf(three.manifest)).toEqual({ ok: 4 });
  expect(server.counts()).toMatchObject({ billed: 12, distinct: 12 });
  await declare(project, { buckets: 2, steps: steps(5) });
  const five = await project.run();
  expect(server.counts()).toMatchObject({ billed: 20, distinct: 20 });
  expect(await answersIn(project, five.manifest)).toHaveLength(20);
  expect(five.manifest.record.steps['stance']).toMatchObject({ computed: 4, paid: { calls: 8 } });
});

it('pays again only for the part of a long audio that failed', async () => {
  // 15 minutes are over the upload limit; the longest silence near it is at 651.2 s.
  const wav = toneAudio(900, [650, 652.4]);
  const speech = defineStepKind({
    kind: 'test/speech',
    revision: 1,
    summary: 'The same long audio for each row.',
    queue: 'main',
    params: z.strictObject({}),
    tuning: z.strictObject({}),
    reads: {},
    makes: { audio: blob('audio') },
    cell: async (_inputs, _params, { blobs }) => ({ audio: await blobs.put(wav) }),
  });
  const steps = `  speech: { uses: test/speech, needs: [video] }
  transcript: { uses: ai/transcribe, needs: [speech], with: { model: whisper } }`;
  const models = 'models: { whisper: { provider: openai, model: whisper-1 } }';
  project = await askingProject(server, {
    rows: 1,
    buckets: 1,
    steps,
    models,
    kinds: [[speech.kind, speech]],
    tools: {
      cellTools: ({ scratch: _made, ...tools }) =>
        ({
          ...tools,
          scratch: project.services.scratchFolder,
          blobs: project.services.blobs,
          ffmpeg: media.ffmpeg,
        }) as never,
    },
  });
  const body = { error: { message: 'The audio file could not be decoded', type: 'invalid_request_error', code: null } };
  const isSecond = (file: unknown) => (file as { byteLength: number }).byteLength < 10_000_000;
  server.inject({ fault: { kind: 'status', status: 400, body }, when: (request) => isSecond(request.body['file']) });
  const failed = await project.run();
  expect(countsOf(failed.manifest, 'transcript')).toEqual({ ok: 0, invalid_request: 1 });
  expect(server.counts()).toMatchObject({ total: 2, billed: 1 });
  const { manifest } = await project.run({ retry: ['failed'] });
  expect(countsOf(manifest, 'transcript')).toEqual({ ok: 1 });
  expect(server.counts()).toMatchObject({ total: 3, billed: 2, distinct: 2 });
  expect(manifest.record.steps['transcript']!.paid.calls).toBe(1);
});
