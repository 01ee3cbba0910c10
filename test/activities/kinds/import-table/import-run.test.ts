import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stepKinds } from '../../../../activities/kinds/index.ts';
import { columnsFromJson, type ColumnJson } from '../../../../datasets/column-type.ts';
import { readValues } from '../../../../datasets/step-files.ts';
import type { Manifest } from '../../../../manifests/manifest.ts';
import { TestProject } from '../../../engine/test-project.ts';

const DECLARATION = `dataset: zeeschuimer
partition: { by: create_time, every: day }
steps:
  video: { uses: import/table, with: { path: exports/*.ndjson, map: zeeschuimer-tiktok } }
`;

/** `id`, plays and number of sights of each video, by partition. */
async function videos(project: TestProject, { state }: Manifest) {
  const { columns, partitions } = state.steps['video']!;
  const read = Object.entries(partitions).map(async ([partition, { values }]) => {
    const path = await project.services.blobs.file(values);
    const cells = await readValues(project.services.database, path, columnsFromJson(columns as ColumnJson[]));
    return [
      partition,
      cells.map((cell) => [
        cell.id,
        ...(cell.status === 'ok' ? [cell.values['view_count'], cell.values['times_seen']] : []),
      ]),
    ];
  });
  return Object.fromEntries(await Promise.all(read)) as object;
}

it('makes a version of an export with repeated videos, and one of the days that a second export changes', async () => {
  await using project = await TestProject.start(stepKinds);
  await project.write('dataset.yaml', DECLARATION);
  const captured = await readFile(join(import.meta.dirname, 'maps', 'zeeschuimer-tiktok.ndjson'), 'utf8');
  await project.write('exports/a.ndjson', captured);
  const first = await project.run();
  expect(await videos(project, first.manifest)).toEqual({
    '2023-01-09': [['7186652812281523004', 21000n, 3n]],
    '2023-02-20': [['7202230551288217719', 4294967296n, 1n]],
  });
  expect((await project.run()).changed).toBe(false);

  const [line] = captured.split('\n');
  const later = line!.replace('"timestamp_collected":1677000000123', '"timestamp_collected":1678000000000');
  await project.write('exports/b.ndjson', `${later.replace('"playCount":20000', '"playCount":50000')}\n`);
  const second = await project.run();
  expect(await videos(project, second.manifest)).toEqual({
    '2023-01-09': [['7186652812281523004', 50000n, 4n]],
    '2023-02-20': [['7202230551288217719', 4294967296n, 1n]],
  });
  const day = (manifest: Manifest) => manifest.state.steps['video']!.partitions['2023-02-20'];
  expect(day(second.manifest)).toEqual(day(first.manifest));
});
