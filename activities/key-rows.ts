import { cellKey, type KeyedInput } from '../datasets/configuration.ts';
import type { Status } from '../datasets/cell.ts';
import { type CellValue, type Columns, columnsFromJson, text } from '../datasets/column-type.ts';
import { jsonOf } from '../datasets/canonical-row.ts';
import { readParquet } from '../datasets/parquet/read-parquet.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import type { PartitionSnapshot } from '../manifests/manifest.ts';
import type { KeyedRow } from './make-cells.ts';
import type { RunState } from './run-state.ts';
import type { StepKind } from './step-kind.ts';
import type { WorkerServices } from './worker-services.ts';

/**
 * Reads just the columns that the step reads, and gives each row its inputs and its cell key. `inputs` are the
 * snapshots of the needed steps by name, and of the step that makes the rows under null.
 */
export async function keyRows(
  services: WorkerServices,
  state: RunState,
  kind: StepKind,
  step: PlannedStep,
  inputs: ReadonlyMap<string | null, PartitionSnapshot>,
): Promise<KeyedRow[]> {
  const roles = Object.entries(step.reads);
  const steps = [...new Set(roles.map(([, read]) => read.step))];
  const tables = new Map(
    await Promise.all(
      steps.map(async (from) => {
        const declared = columnsFromJson(state.step(from).columns);
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
    const tools = services.outside(state.plan.folder);
    const outside = await kind.outside?.identify?.(id as string, step.params, tools);
    keyed.push({
      id: id as string,
      inputs: values,
      outside: outside ?? null,
      cellKey: cellKey(step.configuration, key, outside ?? null),
    });
  }
  return keyed;
}

const readFile = async (services: WorkerServices, snapshot: PartitionSnapshot, columns: Columns) =>
  readParquet(services.database, await services.blobs.file(snapshot.values), { id: text(), ...columns });
