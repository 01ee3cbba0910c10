import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Manifest } from '../../manifests/manifest.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start(testKinds().kinds);
});
afterAll(() => project[Symbol.asyncDispose]());

const DAYS = ['2022-12-07', '2022-12-08'] as const;

async function declare(words: readonly string[], suffix: string): Promise<void> {
  await project.write('rows.json', JSON.stringify(words.map((word, day) => ({ id: `${day}`, day: DAYS[day], word }))));
  await project.write(
    'dataset.yaml',
    `dataset: cut
partition: { by: day, every: day }
steps:
  rows:  { uses: test/rows, with: { path: rows.json } }
  upper: { uses: test/upper, needs: [rows] }
  size:  { uses: test/length, needs: [upper] }
  loud:  { uses: test/upper, needs: [rows], with: { suffix: '${suffix}' } }
`,
  );
}

/** Runs, and says of which step partitions of the version before files were read. */
async function filesRead(before: Manifest): Promise<{ readonly manifest: Manifest; readonly read: readonly string[] }> {
  const file = vi.spyOn(project.services.blobs, 'file');
  const { manifest } = await project.run();
  const digests = new Set<string>(file.mock.calls.map(([digest]) => digest));
  file.mockRestore();
  const read = Object.entries(before.state.steps).flatMap(([step, { partitions }]) =>
    Object.entries(partitions).flatMap(([day, { values, provenance }]) =>
      digests.has(values) || digests.has(provenance) ? [`${step} ${day}`] : [],
    ),
  );
  return { manifest, read };
}

it('reads no file of a step in a partition where nothing that it depends on changed', async () => {
  await declare(['uno', 'dos'], '!');
  const first = (await project.run()).manifest;

  // One step is another: its partitions are worked on, but for the steps beside it.
  await declare(['uno', 'dos'], '?');
  const second = await filesRead(first);
  expect(second.read).toEqual(DAYS.map((day) => `rows ${day}`));
  expect(second.manifest.state.steps['size']).toEqual(first.state.steps['size']);

  // One row is another: the other day isn't worked on at all. The source is read to be compared.
  await declare(['uno', 'tres'], '?');
  const third = await filesRead(second.manifest);
  const derived = third.read.filter((name) => !name.startsWith('rows '));
  expect(derived.filter((name) => name.endsWith(DAYS[0]))).toEqual([]);
  expect(third.manifest.state.steps['upper']!.partitions[DAYS[0]]).toEqual(
    first.state.steps['upper']!.partitions[DAYS[0]],
  );
});
