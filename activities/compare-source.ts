import { tmpdir } from 'node:os';
import { equalJson } from '../manifests/canonical-json.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { canonicalRow, jsonOf } from '../datasets/canonical-row.ts';
import { type ColumnJson, columnsFromJson, text } from '../datasets/column-type.ts';
import { cellKey } from '../datasets/configuration.ts';
import { partitionOf } from '../datasets/partition.ts';
import type { RowReader } from '../datasets/parquet/database.ts';
import { readParquet } from '../datasets/parquet/read-parquet.ts';
import type { RunPlan } from '../datasets/plan/run-plan.ts';
import type { RowGroup, SourceChanges } from '../datasets/plan/source-changes.ts';
import { type StagedRow, stageRows } from '../datasets/row-staging.ts';
import { readSourceProvenance, readValues, type ValuesRow } from '../datasets/step-files.ts';
import type { StepKind } from './step-kind.ts';

interface Comparison {
  readonly blobs: BlobStore;
  readonly database: RowReader;
  readonly kind: StepKind;
  readonly plan: RunPlan;
  readonly parent: Manifest | null;
  /** Whether the ids of all rows are wanted; else only those of rows that are new to the parent are kept. */
  readonly withIds: boolean;
}

/**
 * Reads a source's files and says how its rows differ from the parent's. Throws what collecting them would throw. Memory
 * is bounded by the largest partition, and by the parent's ids when rows are new or in another partition.
 */
export async function compareSource({
  blobs,
  database,
  kind,
  plan,
  parent,
  withIds,
}: Comparison): Promise<SourceChanges> {
  const step = plan.steps.find((each) => each.source)!;
  const columns = columnsFromJson(step.columns);
  const before = parent?.state.steps[step.name];
  const rowsOf = kind.rows!(step.params, plan.folder, columns, new AbortController().signal);
  await using staged = await stageRows(rowsOf, (row) => partitionOf(plan.partition, row), { folder: tmpdir() });

  const oldColumns = before ? columnsFromJson(before.columns as readonly ColumnJson[]) : {};
  const keysOf = async (partition: string) => {
    const snapshot = before?.partitions[partition];
    if (!snapshot) return new Map<string, string>();
    const rows = await readSourceProvenance(database, await blobs.file(snapshot.provenance));
    return new Map(rows.map(({ id, cellKey: key }) => [id, key]));
  };
  const valuesOf = async (partition: string): Promise<Map<string, ValuesRow>> => {
    const path = await blobs.file(before!.partitions[partition]!.values);
    return new Map((await readValues(database, path, oldColumns)).map((row) => [row.id, row]));
  };
  const everyId = once(async () => {
    const partitions = new Map<string, string>();
    for (const [partition, { values }] of Object.entries(before?.partitions ?? {}))
      for (const { id } of await readParquet(database, await blobs.file(values), { id: text() }))
        partitions.set(id as string, partition);
    return partitions;
  });

  const groups = new GroupsBuilder(({ isNew }) => withIds || (isNew && before !== undefined));
  let rows = 0;
  let kept = 0;
  for (const partition of staged.partitions) {
    const keys = await keysOf(partition);
    const other = new Map<string, StagedRow[]>();
    for (const row of await staged.rowsOf(partition)) {
      rows += 1;
      const key = keys.get(row.id);
      const same =
        key === cellKey(step.configuration, {}, canonicalRow(columns, { ...row, status: 'ok', errorCode: null }));
      const from = key === undefined ? before && (await everyId()).get(row.id) : partition;
      if (from !== undefined && from !== null) kept += 1;
      if (same) groups.add({ partition, isNew: false, changed: [] }, row.id);
      else if (from === undefined || from === null) groups.add({ partition, isNew: true, changed: [] }, row.id);
      else other.set(from, [...(other.get(from) ?? []), row]);
    }
    for (const [from, moved] of other) {
      const old = await valuesOf(from);
      for (const row of moved)
        groups.add(
          {
            partition,
            ...(from !== partition && { movedFrom: from }),
            isNew: false,
            changed: changedColumns(row, old.get(row.id)!),
          },
          row.id,
        );
    }
  }
  const rowsBefore = Object.values(before?.partitions ?? {}).reduce((sum, snapshot) => sum + snapshot.rows, 0);
  return { rows, groups: groups.groups, removed: rowsBefore - kept };
}

/** Columns of either whose values differ; a column that one of them hasn't is empty there. */
function changedColumns(now: StagedRow, old: ValuesRow): string[] {
  const names = new Set([...Object.keys(now.values), ...Object.keys(old.values)]);
  return [...names].filter((name) => !equalJson(jsonOf(now.values[name] ?? null), jsonOf(old.values[name] ?? null)));
}

/** Counts rows by what is the same of them. */
class GroupsBuilder {
  readonly #withIds: (group: Pick<RowGroup, 'isNew'>) => boolean;
  readonly #groups = new Map<string, { group: Omit<RowGroup, 'rows' | 'ids'>; rows: number; ids: string[] }>();

  constructor(withIds: (group: Pick<RowGroup, 'isNew'>) => boolean) {
    this.#withIds = withIds;
  }

  add(group: Omit<RowGroup, 'rows' | 'ids'>, id: string): void {
    const key = JSON.stringify(group);
    const found = this.#groups.get(key) ?? { group, rows: 0, ids: [] };
    this.#groups.set(key, found);
    found.rows += 1;
    if (this.#withIds(group)) found.ids.push(id);
  }

  get groups(): RowGroup[] {
    return [...this.#groups.values()].map(({ group, rows, ids }) => ({
      ...group,
      rows,
      ...(this.#withIds(group) && { ids }),
    }));
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= work());
}
