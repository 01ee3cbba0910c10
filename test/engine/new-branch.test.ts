import { afterAll, beforeAll, expect, it } from 'vitest';
import { commonAncestor } from '../../cli/common-ancestor.ts';
import { isMerged, planPromotion } from '../../cli/plan-merge.ts';
import type { Digest } from '../../manifests/digest.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

const harness = testKinds();
let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start(harness.kinds);
});
afterAll(() => project[Symbol.asyncDispose]());

async function declare(dataset: string, suffix: string): Promise<void> {
  const rows = ['one', 'two'].map((word, row) => ({ id: String(row), day: null, word }));
  await project.write('rows.json', JSON.stringify(rows));
  await project.write(
    'dataset.yaml',
    `dataset: ${dataset}
partition: { by: id, buckets: 2 }
steps:
  rows:  { uses: test/rows, with: { path: rows.json } }
  upper: { uses: test/upper, needs: [rows], with: { suffix: '${suffix}' } }
`,
  );
}

it('starts a branch that a run names and nobody has started at main, so that both can be brought together', async () => {
  await declare('new', '');
  const first = await project.run();
  await declare('new', '!');
  const tried = await project.run({ branch: 'try' });
  expect(tried.manifest.record).toMatchObject({ parent: first.version, branch: 'try' });
  expect(await commonAncestor(project.store, tried.version as Digest, first.version as Digest)).toBe(first.version);
  const planned = await planPromotion(project.store, { dataset: 'new', branch: 'try', to: 'main' });
  expect(isMerged(planned)).toBe(false);

  // It is there now: it goes on from itself, whatever main does.
  await declare('new', '?');
  await project.run();
  const second = await project.run({ branch: 'try', from: 'main' });
  expect(second.manifest.record.parent).toBe(tried.version);
});

it('starts it at another version when told so', async () => {
  await declare('elsewhere', '');
  const first = await project.run();
  await declare('elsewhere', '!');
  await project.run();
  harness.made.length = 0;
  const { begins, forecast } = await project.prepare({ branch: 'old', from: 'main~1' });
  expect(begins).toEqual({ version: first.version, from: 'main~1' });
  // Other parameters than at the start, and all of it is there from main.
  expect(forecast.configuration).toMatchObject([{ step: 'upper' }]);
  expect(forecast.steps[1]!.reasons).toEqual([{ why: 'reused', rows: 2, compute: { low: 0, high: 0 } }]);
  const old = await project.run({ branch: 'old', from: 'main~1' });
  expect(old.manifest.record.parent).toBe(first.version);
  // What main has made is taken over from the index.
  expect(harness.made).toEqual([]);
  await expect(project.run({ branch: 'lost', from: 'nowhere' })).rejects.toThrow(
    'elsewhere has no branch, tag or version "nowhere". Branches: main, old.',
  );
});

it('makes the first version of a dataset on whichever branch', async () => {
  await declare('first', '');
  const { begins } = await project.prepare({ branch: 'try' });
  expect(begins).toBeNull();
  expect((await project.run({ branch: 'try' })).manifest.record.parent).toBeNull();
});
