import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readBranch } from '../../manifests/refs.ts';
import type { RunMemo } from '../../cli/start-run.ts';
import { lookAtRun } from '../../cli/watch-run.ts';
import { until } from '../until.ts';
import { saveHistory } from './save-history.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

const kinds = testKinds();
let project: TestProject;

beforeAll(async () => {
  project = await TestProject.start(kinds.kinds, { partitionsAPage: 5 });
});
afterAll(() => project[Symbol.asyncDispose]());
beforeEach(() => {
  kinds.made.length = 0;
  kinds.block = null;
});

const declare = (dataset: string, extra = '') =>
  project.write(
    'dataset.yaml',
    `dataset: ${dataset}
title: Words
creators: [{ name: Ada Example }]
license: CC-BY-4.0
partition: { by: day, every: day }
steps:
  rows:  { uses: test/rows, with: { path: rows.json } }
  upper: { uses: test/upper, needs: [rows]${extra} }
  size:  { uses: test/length, needs: [upper] }
`,
  );
const rows = (all: object[]) => project.write('rows.json', JSON.stringify(all));
const WORDS = Array.from({ length: 12 }, (_, n) => ({
  id: `w${String(n).padStart(2, '0')}`,
  day: '2022-12-07',
  word: 'word',
}));

it('keeps what a cancelled run has made, and makes no version of it', async () => {
  await declare('cancelled', ', with: { concurrency: 1 }');
  await rows(WORDS);
  let release = () => {};
  const started = await project.start();
  await until('three cells', () => kinds.made.length >= 3);
  kinds.block = new Promise((resolve) => (release = resolve));
  const handle = project.client.workflow.getHandle(started.workflowId);
  await until('a fourth', () => kinds.made.length >= 4);
  await handle.cancel();
  release();
  await expect(started.end()).rejects.toThrow(`The run ${started.run} was cancelled. What it computed is kept`);
  expect(await readBranch(project.store, 'cancelled', 'main')).toBeNull();
  await saveHistory('cancelled-run', handle);

  kinds.block = null;
  const before = new Set(kinds.made);
  kinds.made.length = 0;
  const { manifest } = await project.run();
  expect(manifest.state.steps['size']!.partitions['2022-12-07']!.counts.ok).toBe(12);
  // One cell was in the making when the run was cancelled; it alone may have been made twice.
  const twice = kinds.made.filter((cell) => before.has(cell));
  expect(twice.length).toBeLessThanOrEqual(1);
});

it('continues as new after a page of partitions, with none lost and the memo kept', async () => {
  await declare('paged');
  const days = Array.from({ length: 12 }, (_, n) => new Date(Date.UTC(2022, 0, 1 + n)).toISOString().slice(0, 10));
  await rows(days.map((day) => ({ id: day, day, word: 'day' })));
  const started = await project.start();
  const first = project.client.workflow.getHandle(started.workflowId);
  const { runId: firstRunId } = await first.describe();
  const outcome = (await started.end())!;
  const { runId, memo } = await first.describe();
  expect(runId).not.toBe(firstRunId);
  expect((memo as unknown as RunMemo).run).toBe(started.run);
  expect(outcome.position).toMatchObject({
    partitionsDone: 12,
    partitionsTotal: 12,
    steps: { size: { rows: 12, ok: 12 } },
  });
  const view = await lookAtRun(project.client, started.workflowId, [{ step: 'upper', rows: 12 }]);
  expect(view).toMatchObject({ phase: 'done', steps: [{ step: 'upper', done: 12, computed: 12 }] });
  await saveHistory('paged-run', project.client.workflow.getHandle(started.workflowId, firstRunId));
});

it('saves the histories of the other ways', async () => {
  await declare('saved');
  await rows(WORDS);
  const first = await project.start();
  await first.end();
  await saveHistory('first-run', project.client.workflow.getHandle(first.workflowId));
  await saveHistory('partition', project.client.workflow.getHandle(`${first.workflowId}/${first.run}/2022-12-07`));
  const second = await project.start();
  expect(await second.end()).toMatchObject({ changed: false });
  await saveHistory('unchanged-run', project.client.workflow.getHandle(second.workflowId));
});
