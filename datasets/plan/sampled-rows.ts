import type { BlobStore } from '../../manifests/blob-store.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { text } from '../column-type.ts';
import type { RowReader } from '../parquet/database.ts';
import { readParquet } from '../parquet/read-parquet.ts';
import type { RunPlan } from './run-plan.ts';

/** How many rows of a plan's sample are in the parent. A sample that was drawn from it needs no look. */
export async function sampledInParent(
  { blobs, database }: { readonly blobs: BlobStore; readonly database: RowReader },
  { sample, parent: version, steps }: RunPlan,
  parent: Manifest | null,
): Promise<number> {
  if (!sample || sample.of === version) return sample?.rows ?? 0;
  const source = steps.find((step) => step.source)!;
  const ids = new Set(JSON.parse((await blobs.get(sample.ids)).toString('utf8')) as string[]);
  let rows = 0;
  for (const { values } of Object.values(parent?.state.steps[source.name]?.partitions ?? {}))
    for (const { id } of await readParquet(database, await blobs.file(values), { id: text() }))
      if (ids.has(id as string)) rows += 1;
  return rows;
}
