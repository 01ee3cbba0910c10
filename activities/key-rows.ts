import { cellKey, type KeyedInput } from '../datasets/configuration.ts';
import type { Status } from '../datasets/cell.ts';
import { type CellValue, type Columns, columnsFromJson, text } from '../datasets/column-type.ts';
import { jsonOf } from '../datasets/canonical-row.ts';
import { readParquet } from '../datasets/parquet/read-parquet.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import type { PartitionSnapshot } from '../manifests/manifest.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import type { Json } from '../manifests/canonical-json.ts';
import type { RowReader } from '../datasets/parquet/database.ts';
import type { KeyedRow } from './make-cells.ts';

interface FileServices {
  readonly blobs: Pick<BlobStore, 'file'>;
  readonly database: RowReader;
}

export interface KeyedFrom {
  /** Of the needed steps by name, and of the step that makes the rows under null. */
  readonly inputs: ReadonlyMap<string | null, Pick<PartitionSnapshot, 'values'>>;
  readonly columnsOf: (step: string) => PlannedStep['columns'];
  /** What a row has outside the dataset, of kinds that read there. */
  readonly identify?: ((id: string) => Promise<Json | undefined>) | undefined;
}

/** Reads just the columns that the step reads, and gives each row its inputs and its cell key. */
export async function keyRows(
  services: FileServices,
  step: PlannedStep,
  { inputs, columnsOf, identify }: KeyedFrom,
): Promise<KeyedRow[]> {
  const roles = Object.entries(step.reads);
  const steps = [...new Set(roles.map(([, read]) => read.step))];
  const tables = new Map(
    await Promise.all(
      steps.map(async (from) => {
        const declared = columnsFromJson(columnsOf(from));
        const used = roles
          .filter(([, read]) => read.step === from)
          .map(([, { column }]) => [column, declared[column]!]);
        const columns: Columns = { ...Object.fromEntries(used), status: text() };
        return [from, await readFile(services, inputs.get(from)!, columns)] as const;
      }),
    ),
  );
  const ids = await readFile(services, inputs.get(null)!, {});
  const keyed: KeyedRow[] = [];
  for (const [index, { id }] of ids.entries()) {
    const values: Record<string, CellValue> = {};
    const key: Record<string, KeyedInput> = {};
    for (const [role, read] of roles) {
      const row = tables.get(read.step)![index];
      if (row === undefined || row['id'] !== id) throw new RangeError(`${read.step} and ${step.name} have other rows`);
      values[role] = row[read.column] ?? null;
      key[role] = { status: row['status'] as Status, value: jsonOf(values[role]) };
    }
    const outside = await identify?.(id as string);
    keyed.push({
      id: id as string,
      inputs: values,
      outside: outside ?? null,
      cellKey: cellKey(step.configuration, key, outside ?? null),
    });
  }
  return keyed;
}

const readFile = async (services: FileServices, snapshot: Pick<PartitionSnapshot, 'values'>, columns: Columns) =>
  readParquet(services.database, await services.blobs.file(snapshot.values), { id: text(), ...columns });
