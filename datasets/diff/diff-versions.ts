import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { type ChangedRows, type DiffTools, findChangedRows } from './changed-rows.ts';
import { allChangedCells, pickedCells } from './changed-cells.ts';
import { type ColumnChanges, countChanges } from './column-diffs.ts';
import { type PlannedComparison, planComparison, type PlannedStepDiff } from './comparison-plan.ts';
import { configurationDiffs } from '../configuration-changes.ts';
import type { DiffScope } from './diff-scope.ts';
import { type InputTest, judgeCells } from './judged-cells.ts';
import { expectRows } from './known-rows.ts';
import { loneColumns } from './lone-columns.ts';
import { pairSteps, type Pairing } from './pair-steps.ts';
import { diffRows } from './row-sets.ts';
import { stepContext } from './step-context.ts';
import type { ColumnDiff, VersionDiff } from './version-diff.ts';

export interface Version {
  readonly version: Digest;
  readonly manifest: Manifest;
}

/** Samples over all columns together when nothing is said of their number. */
const FEW = 10;

/**
 * What differs between any two versions, cell by cell, and why. Reads only partitions whose values differ, only the columns
 * in scope and those that explain them, and provenance only where equal cell keys are possible. `tools.database` is this
 * comparison's own: tables are left in it.
 */
export async function diffVersions(tools: DiffTools, a: Version, b: Version, scope: DiffScope): Promise<VersionDiff> {
  const pairing = pairSteps(a.manifest, b.manifest);
  const plan = planComparison(a.manifest, b.manifest, pairing, scope);
  const found = new Map<PlannedComparison, ChangedRows>();
  for (const [index, comparison] of plan.comparisons.entries()) {
    found.set(comparison, await findChangedRows(tools, comparison, { table: `changed_${index}`, ids: scope.ids }));
  }
  const records = { before: a.manifest.record, after: b.manifest.record };
  const judged: JudgedStep[] = [];
  const picks = scope.samples === 'few' ? FEW : (scope.samples ?? 0);
  for (const step of plan.steps) judged.push(await judgeStep(tools, step, { found, records, picks }));

  const changedColumns = judged.flatMap(({ columns }) => columns).filter(({ changed }) => changed > 0).length;
  const limit = scope.samples === 'few' ? Math.max(1, Math.floor(FEW / Math.max(1, changedColumns))) : scope.samples;
  const rowLimit = scope.samples === 'few' ? FEW : limit;
  // They read different things, and a short statement leaves the machine's other cores to another.
  const [columns, rows, changed] = await Promise.all([
    allColumnDiffs(tools, judged, limit),
    diffRows(tools, pairing, records, { ids: scope.ids, limit: rowLimit }),
    countRows(tools, judged),
  ]);
  await expectRows(tools, sourcesOf(pairing), idsWithoutDifference(scope, rows, columns));
  return {
    a: nameOf(a),
    b: nameOf(b),
    rows: { ...rows, changed },
    configuration: pairing.pairs.flatMap(({ before, after }) =>
      configurationDiffs(after.name, before.state, after.state),
    ),
    columns,
    only_in: loneColumns(pairing, scope),
  };
}

const nameOf = ({ version, manifest }: Version) => ({ dataset: manifest.state.dataset, version });

const sourcesOf = ({ pairs }: Pairing) =>
  pairs.filter(({ after }) => after.state.source).flatMap(({ before, after }) => [before, after]);

function idsWithoutDifference(
  { ids }: DiffScope,
  { added, removed }: Pick<VersionDiff['rows'], 'added' | 'removed'>,
  columns: readonly ColumnDiff[],
): string[] {
  const found = new Set([
    ...added.ids,
    ...removed.ids,
    ...columns.flatMap(({ samples }) => samples.map(({ id }) => id)),
  ]);
  return (ids ?? []).filter((id) => !found.has(id));
}

/** A step with what was counted of it; `table` is null when no row of it changed. */
interface JudgedStep {
  readonly step: PlannedStepDiff;
  readonly rows: ChangedRows;
  readonly context: ReturnType<typeof stepContext>;
  readonly table: string | null;
  readonly columns: readonly ColumnChanges[];
}

async function judgeStep(
  tools: DiffTools,
  step: PlannedStepDiff,
  {
    found,
    records,
    picks,
  }: {
    readonly found: ReadonlyMap<PlannedComparison, ChangedRows>;
    readonly records: Parameters<typeof stepContext>[3];
    readonly picks: number;
  },
): Promise<JudgedStep> {
  const rows = found.get(step.comparison)!;
  const names = step.inputs.map(({ name }) => name);
  const context = stepContext(step.pair, step.changes, names, records);
  if (rows.table === null) return { step, rows, context, table: null, columns: step.reported.map(() => UNCHANGED) };
  const inputs = step.inputs.map(({ from }): InputTest => {
    if (from === 'differs') return true;
    const { table } = found.get(from.comparison)!;
    return table === null ? false : { table, column: from.column };
  });
  const table = await judgeCells(tools, rows, context, inputs);
  const counted = step.reported.map((column) => column.counted);
  return { step, rows, context, table, columns: await countChanges(tools, table, rows, context, { counted, picks }) };
}

const UNCHANGED: ColumnChanges = { changed: 0, causes: [], moved: null, picked: [] };

/** One step after the other: all changed cells of one may be many. */
async function allColumnDiffs(
  tools: DiffTools,
  judged: readonly JudgedStep[],
  limit: number | null,
): Promise<ColumnDiff[]> {
  const columns: ColumnDiff[] = [];
  for (const step of judged) columns.push(...(await columnDiffs(tools, step, limit)));
  return columns;
}

async function columnDiffs(
  tools: DiffTools,
  { step, rows, context, table, columns }: JudgedStep,
  limit: number | null,
): Promise<ColumnDiff[]> {
  const { name: stepName } = step.pair.after;
  const picked = step.reported.map(({ counted }, place) => ({
    counted,
    rows: limit === null ? [] : columns[place]!.picked.slice(0, limit),
  }));
  const samples = await pickedCells(tools, rows, picked);
  if (limit === null && table !== null)
    for (const [place, { counted }] of step.reported.entries())
      if (columns[place]!.changed > 0) samples[place] = await allChangedCells(tools, table, rows, context, counted);
  return step.reported.map(({ name }, place) => {
    const { changed, causes, moved } = columns[place]!;
    return { column: `${stepName}.${name}`, step: stepName, name, changed, causes, moved, samples: samples[place]! };
  });
}

/** Rows with a change in a column that is reported on. */
async function countRows({ database }: DiffTools, judged: readonly JudgedStep[]): Promise<number> {
  const tables = judged.flatMap(({ table, step }) =>
    table === null
      ? []
      : [`SELECT id FROM ${table} WHERE ${step.reported.map(({ counted }) => `c_${counted}`).join(' OR ')}`],
  );
  if (tables.length === 0) return 0;
  const [counted] = await database.rows(`SELECT count(*)::INTEGER AS rows FROM (${tables.join(' UNION ')})`);
  return Number(counted!['rows']);
}
