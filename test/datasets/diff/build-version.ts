import { canonicalRow, jsonOf } from '../../../datasets/canonical-row.ts';
import type { Cell } from '../../../datasets/cell.ts';
import { type Columns, columnsFromJson, columnsToJson } from '../../../datasets/column-type.ts';
import { compareIds } from '../../../datasets/compare-ids.ts';
import { cellKey, configurationDigest, type KeyedInput } from '../../../datasets/configuration.ts';
import type { Version } from '../../../datasets/diff/diff-versions.ts';
import { writeStepFiles } from '../../../datasets/step-files.ts';
import { NO_CALLS } from '../../../datasets/step-result.ts';
import type { BlobStore } from '../../../manifests/blob-store.ts';
import type { Json } from '../../../manifests/canonical-json.ts';
import { encodeManifest, type Manifest, stateDigest, type StepState } from '../../../manifests/manifest.ts';
import { merkleRoot } from '../../../manifests/merkle-tree.ts';

/** What a step makes of one row; a code stands for a row that was skipped or failed. */
export type Made = { readonly values: Cell['values'] } | { readonly skipped: string } | { readonly failed: string };

export interface BuiltRow {
  readonly id: string;
  readonly partition: string;
  readonly made: Made;
}

export interface BuiltStep {
  readonly kind: string;
  readonly revision: number;
  readonly parameters: { readonly [name: string]: Json };
  /** What it reads, as `step.column`, by role. */
  readonly reads: { readonly [role: string]: string };
  readonly columns: Columns;
  readonly software: string;
  make(id: string, inputs: { readonly [role: string]: KeyedInput }): Made;
}

export interface BuiltVersion {
  readonly dataset?: string;
  readonly rows: { readonly columns: Columns; readonly rows: readonly BuiltRow[] };
  /** In the order in which they need each other. */
  readonly steps: { readonly [name: string]: BuiltStep };
  /** As versions were before what a step reads was kept. */
  readonly withoutReads?: boolean;
}

type CellsById = ReadonlyMap<string, Cell>;

/** Writes a version's files and manifest as a run would, without one: the same rows, keys and provenance. */
export async function buildVersion(blobs: Pick<BlobStore, 'put'>, built: BuiltVersion): Promise<Version> {
  const partitions = new Map(built.rows.rows.map(({ id, partition }) => [id, partition]));
  const cells = new Map<string, CellsById>();
  const states: Manifest['state']['steps'] = {};
  const source = sourceStep(built.rows.columns);
  cells.set(
    'rows',
    new Map(built.rows.rows.map(({ id, made }) => [id, sourceCell(source, built.rows.columns, id, made)])),
  );
  states['rows'] = {
    ...source,
    partitions: await writePartitions(blobs, built.rows.columns, cells.get('rows')!, partitions),
  };
  for (const [name, step] of Object.entries(built.steps)) {
    const { kind, revision, parameters, columns, reads } = step;
    const configuration = configurationDigest({ kind, revision, parameters });
    const made = new Map<string, Cell>();
    for (const id of partitions.keys()) {
      const inputs = inputsOf(reads, cells, id);
      made.set(id, {
        ...outcome(columns, step.make(id, inputs)),
        id,
        cellKey: cellKey(configuration, inputs),
        run: 'r-1',
        errorMessage: null,
        software: step.software,
        calls: [],
      });
    }
    cells.set(name, made);
    states[name] = {
      kind,
      revision,
      source: false,
      needs: [...new Set(Object.values(reads).map((read) => read.slice(0, read.indexOf('.'))))],
      configuration,
      parameters,
      ...(built.withoutReads === true ? {} : { reads: { ...reads } }),
      columns: columnsToJson(columns),
      partitions: await writePartitions(blobs, columns, made, partitions),
    };
  }
  const manifest = manifestOf(built.dataset ?? 'built', states);
  return { version: encodeManifest(manifest).version, manifest };
}

const sourceStep = (columns: Columns): Omit<StepState, 'partitions'> => ({
  kind: 'import/table',
  revision: 1,
  source: true,
  needs: [],
  configuration: configurationDigest({ kind: 'import/table', revision: 1, parameters: {} }),
  parameters: {},
  reads: {},
  columns: columnsToJson(columns),
});

function sourceCell(
  { configuration }: Pick<StepState, 'configuration'>,
  columns: Columns,
  id: string,
  made: Made,
): Cell {
  const cell = { id, ...outcome(columns, made) };
  return {
    ...cell,
    cellKey: cellKey(configuration, {}, canonicalRow(columns, cell)),
    run: 'r-1',
    errorMessage: null,
    software: 'gettok/0.1.0',
    calls: [],
    salt: '00'.repeat(32),
    origin: 'rows.csv:1',
  };
}

function outcome(columns: Columns, made: Made): Pick<Cell, 'values' | 'status' | 'errorCode'> {
  if ('values' in made) return { values: made.values, status: 'ok', errorCode: null };
  const values = Object.fromEntries(Object.keys(columns).map((name) => [name, null]));
  return 'failed' in made
    ? { values, status: 'failed', errorCode: made.failed }
    : { values, status: 'skipped', errorCode: made.skipped };
}

const inputsOf = (reads: BuiltStep['reads'], cells: ReadonlyMap<string, CellsById>, id: string) =>
  Object.fromEntries(
    Object.entries(reads).map(([role, read]): [string, KeyedInput] => {
      const dot = read.indexOf('.');
      const cell = cells.get(read.slice(0, dot))!.get(id)!;
      return [role, { status: cell.status, value: jsonOf(cell.values[read.slice(dot + 1)] ?? null) }];
    }),
  );

async function writePartitions(
  blobs: Pick<BlobStore, 'put'>,
  columns: Columns,
  cells: CellsById,
  partitionOf: ReadonlyMap<string, string>,
): Promise<StepState['partitions']> {
  const groups = Map.groupBy(cells.values(), ({ id }) => partitionOf.get(id)!);
  const partitions: StepState['partitions'] = {};
  for (const [partition, some] of groups) {
    const sorted = some.toSorted((a, b) => compareIds(a.id, b.id));
    const files = await writeStepFiles(columnsFromJson(columnsToJson(columns)), sorted);
    partitions[partition] = {
      values: await blobs.put(files.values),
      provenance: await blobs.put(files.provenance),
      rows: sorted.length,
      counts: { ok: sorted.filter(({ status }) => status === 'ok').length, skipped: {}, failed: {} },
      root: merkleRoot([]),
    };
  }
  return partitions;
}

const manifestOf = (dataset: string, steps: Manifest['state']['steps']): Manifest => ({
  format: 'gettok-manifest/1',
  stateDigest: stateDigest(steps),
  state: { dataset, declaration: {}, partition: { by: 'day', every: 'day' }, steps },
  record: {
    parent: null,
    run: 'r-1',
    branch: 'main',
    by: null,
    message: null,
    created_at: '0',
    started_at: '0',
    temporal: { namespace: 'default', workflow_id: 'built', run_id: 'built' },
    software: { gettok: '0.1.0' },
    steps: Object.fromEntries(
      Object.entries(steps).map(([name, { partitions }]) => [
        name,
        {
          outside: null,
          computed: 0,
          reused: 0,
          paid: NO_CALLS,
          partitions: Object.fromEntries(
            Object.keys(partitions).map((partition) => [partition, { run: 'r-1', models: {}, ...NO_CALLS }]),
          ),
        },
      ]),
    ),
  },
});
