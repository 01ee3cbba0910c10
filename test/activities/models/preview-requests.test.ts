import { expect, it } from 'vitest';
import { z } from 'zod';
import { stepKinds } from '../../../activities/kinds/index.ts';
import { previewRequests } from '../../../activities/models/preview-requests.ts';
import { defineStepKind } from '../../../activities/step-kind.ts';
import { text } from '../../../datasets/column-type.ts';

const gpt = { name: 'gpt', provider: 'openai', model: 'gpt-4o-2024-11-20' };
const classify = stepKinds.get('ai/classify')!;
const params = {
  model: gpt,
  prompt: { path: 'p.md', text: 'Which?\n{{video.caption}}' },
  labels: ['yes', 'no'],
  detail: 'low',
  max_output_tokens: 100,
};
const tuning = { concurrency: 8, timeout_s: 120, tries: 4 };

it('gives the requests that a cell would send, and sends none', async () => {
  const [body, ...others] = (await previewRequests(classify, { params, tuning }, { 'video.caption': 'hola' }))!;
  expect(others).toEqual([]);
  expect(body).toMatchObject({
    model: 'gpt-4o-2024-11-20',
    messages: [{ role: 'system' }, { role: 'user', content: 'Which?\n<data>hola</data>' }],
    max_completion_tokens: 100,
  });
});

it('gives none for a cell that would ask nothing', async () => {
  expect(await previewRequests(classify, { params, tuning }, { 'video.caption': null })).toEqual([]);
});

it('can’t tell where a kind needs more than models before it asks', async () => {
  const kind = defineStepKind({
    kind: 'test/reader',
    revision: 1,
    summary: 'Reads a file first.',
    queue: 'ai',
    params: z.strictObject({}),
    tuning: z.strictObject({}),
    reads: { file: text() },
    makes: { words: text() },
    cell: async ({ file }, _params, { blobs }) => ({ words: await blobs.file(file as `sha256:${string}`) }),
  });
  expect(await previewRequests(kind, { params: {}, tuning: {} }, { file: 'x' })).toBeNull();
});
