import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Manifest } from '../../manifests/manifest.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { askingProject, declare } from './asking-project.ts';
import type { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
let project: TestProject;
beforeAll(async () => {
  server.configure({ latencyMs: 0 });
  project = await askingProject(server, { rows: 8, buckets: 2, steps: '' });
  await project.write('check.md', 'Is this right: {{stance.label}}?\n');
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await server.close();
});

const asks = (prompt: string) => `with: { model: gpt, prompt: ${prompt}, labels: [yes, no] }`;
const files = ({ state }: Manifest, step: string) =>
  Object.values(state.steps[step]!.partitions).map(({ values, provenance, rows }) => ({ values, provenance, rows }));
const roots = ({ state }: Manifest, step: string) =>
  Object.values(state.steps[step]!.partitions).map(({ root }) => root);
const planned = async () =>
  (await project.prepare()).forecast.steps.map(({ step, reasons }) =>
    [step, ...reasons.map(({ why, rows }) => `${why}: ${rows}`)].join(' '),
  );

it('keeps the cells of a renamed step, and of steps whose prompts call it by its former name', async () => {
  const check = (need: string) => `  check: { uses: ai/classify, needs: [${need}], ${asks('check.md')} }`;
  await declare(project, {
    buckets: 2,
    steps: `  stance: { uses: ai/classify, needs: [video], ${asks('prompt.md')} }\n${check('stance')}`,
  });
  const before = await project.run();
  const calls = server.calls.length;
  expect(calls).toBe(16);

  await declare(project, {
    buckets: 2,
    steps: `  opinion: { was: stance, uses: ai/classify, needs: [video], ${asks('prompt.md')} }\n${check('opinion')}`,
  });
  expect(await planned()).toEqual(['video reused: 8', 'opinion reused: 8', 'check reused: 8']);
  const after = await project.run();
  expect(after.changed).toBe(true);
  expect(files(after.manifest, 'opinion')).toEqual(files(before.manifest, 'stance'));
  // The name of a step is in the leaves of its Merkle tree.
  expect(roots(after.manifest, 'opinion')).not.toEqual(roots(before.manifest, 'stance'));
  expect(after.manifest.state.steps['check']!.partitions).toEqual(before.manifest.state.steps['check']!.partitions);
  expect(Object.keys(after.manifest.state.steps).toSorted()).toEqual(['check', 'opinion', 'video']);
  expect((await project.run()).changed).toBe(false);
  expect(server.calls).toHaveLength(calls);
});

it('keeps everything when the step that makes the rows is renamed', async () => {
  await declare(project, {
    buckets: 2,
    steps: `  stance: { uses: ai/classify, needs: [video], ${asks('prompt.md')} }`,
  });
  const before = await project.run();
  const calls = server.calls.length;
  await project.write(
    'dataset.yaml',
    `dataset: peru
partition: { by: id, buckets: 2 }
models: { gpt: { provider: openai, model: gpt-4o-2024-11-20 } }
steps:
  post: { was: video, uses: import/table, with: { path: rows.csv, id: id } }
  stance: { uses: ai/classify, needs: [post], ${asks('prompt.md')} }
`,
  );
  expect((await planned())[1]).toBe('stance reused: 8');
  const after = await project.run();
  expect(server.calls).toHaveLength(calls);
  expect(files(after.manifest, 'post')).toEqual(files(before.manifest, 'video'));
  expect(after.manifest.state.steps['stance']!.partitions).toEqual(before.manifest.state.steps['stance']!.partitions);
  expect((await project.run()).changed).toBe(false);
});
