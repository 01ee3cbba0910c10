import { GettokError } from '../../manifests/gettok-error.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { type ColumnJson, columnsFromJson, text, typeName } from '../../datasets/column-type.ts';
import { compareIds } from '../../datasets/compare-ids.ts';
import type { RowReader } from '../../datasets/parquet/database.ts';
import { readParquet } from '../../datasets/parquet/read-parquet.ts';
import type { Seeds } from '../../datasets/plan/run-plan.ts';

/** `from` names a column that the other dataset's version hasn't, or one that can't be asked for. */
export class SeedColumnError extends GettokError {
  override readonly name = 'SeedColumnError';
  constructor({ dataset, ref, column }: Pick<Seeds, 'dataset' | 'ref' | 'column'>, found: string) {
    super(
      `from: ${dataset} ${ref} has no column ${column} to ask for: ${found}. ` +
        `Name a column of text or int64 as step.column; see them with  gettok query --at ${ref} --folder <folder of ${dataset}> "describe dataset"`,
    );
  }
}

/** The distinct values of a column of a version of another dataset, sorted; rows without a value give none. */
export async function readSeeds(
  { store, blobs, database }: { readonly store: ObjectStore; readonly blobs: BlobStore; readonly database: RowReader },
  seeds: Seeds,
): Promise<readonly string[]> {
  const { state } = await readManifest(store, seeds.version);
  const dot = seeds.column.indexOf('.');
  const [name, column] = [seeds.column.slice(0, dot), seeds.column.slice(dot + 1)];
  const step = state.steps[name];
  if (dot < 1 || !step) throw new SeedColumnError(seeds, `its steps are ${Object.keys(state.steps).join(', ')}`);
  const columns = { id: text(), ...columnsFromJson(step.columns as readonly ColumnJson[]) };
  const type = Object.hasOwn(columns, column) ? columns[column as keyof typeof columns] : undefined;
  if (!type) throw new SeedColumnError(seeds, `step ${name} makes ${Object.keys(columns).join(', ')}`);
  if (!['text', 'int64'].includes(typeName(type))) throw new SeedColumnError(seeds, `it is ${typeName(type)}`);
  const found = new Set<string>();
  for (const { values } of Object.values(step.partitions))
    for (const row of await readParquet(database, await blobs.file(values), { [column]: type })) {
      const value = row[column];
      if (typeof value === 'bigint' || (typeof value === 'string' && value !== '')) found.add(String(value));
    }
  return [...found].toSorted(compareIds);
}
