import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

const harness = testKinds();
let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start(harness.kinds);
});
afterAll(() => project[Symbol.asyncDispose]());

const write = (words: Readonly<Record<string, string>>) =>
  project.write('rows.json', JSON.stringify(Object.entries(words).map(([day, word]) => ({ id: word, day, word }))));

it('reads no file of a step in a partition where nothing that it depends on changed', async () => {
  await project.write(
    'dataset.yaml',
    `dataset: cut
partition: { by: day, every: day }
steps:
  rows:  { uses: test/rows, with: { path: rows.json } }
  upper: { uses: test/upper, needs: [rows] }
  size:  { uses: test/length, needs: [upper] }
`,
  );
  await write({ '2022-12-07': 'uno', '2022-12-08': 'dos' });
  const { manifest } = await project.run();
  await write({ '2022-12-07': 'uno', '2022-12-08': 'tres' });

  const file = vi.spyOn(project.services.blobs, 'file');
  const again = await project.run();
  expect(again.position.steps['upper']).toMatchObject({ computed: 1, reused: 1 });
  const read = new Set<string>(file.mock.calls.map(([digest]) => digest));
  expect(read.size).toBeGreaterThan(0);
  for (const step of ['upper', 'size']) {
    const { values, provenance } = manifest.state.steps[step]!.partitions['2022-12-07']!;
    expect([step, read.has(values), read.has(provenance)]).toEqual([step, false, false]);
    expect(again.manifest.state.steps[step]!.partitions['2022-12-07']).toMatchObject({ values, provenance });
  }
});
