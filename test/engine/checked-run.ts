import { expect } from 'vitest';
import { type PlannedRow, planRows } from '../../cli/plan-rows.ts';
import { type Cell, NOT_SAMPLED } from '../../datasets/cell.ts';
import type { Forecast } from '../../datasets/plan/forecast.ts';
import type { Range } from '../../datasets/plan/range.ts';
import type { RowGroup } from '../../datasets/plan/source-changes.ts';
import { LEFT_OUT, RETRY } from '../../datasets/plan/step-reasons.ts';
import type { Digest } from '../../manifests/digest.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import { expectDiff } from './expect-diff.ts';
import { cellsOf, type MadeCells, type PlacedCell } from './made-cells.ts';
import type { RunOptions, TestProject } from './test-project.ts';

type Prepared = Awaited<ReturnType<TestProject['prepare']>>;

/** What a run did with the rows of one step. */
interface Done {
  readonly computed: ReadonlySet<string>;
  readonly reused: ReadonlySet<string>;
}

/** Runs, and compares what `plan` said of it, row by row, what it did, and what `diff` says of it afterwards. */
export async function checkedRun(project: TestProject, made: MadeCells, options: RunOptions): Promise<void> {
  const prepared = await project.prepare(options);
  const { forecast, plan, parent } = prepared;
  expectEveryRowOnce(forecast, plan.sample !== undefined);
  const listed = new Map<string, PlannedRow[]>();
  // Which rows a pilot asks about is in no plan.
  for (const { name } of plan.sample ? [] : plan.steps) listed.set(name, await rowsOf(project, prepared, name));
  for (const [step, rows] of listed) expectSameCounts(prepared, step, rows);

  const { changed, manifest, version, position } = await project.run(options);
  const before = parent ? await cellsOf(project, parent.manifest) : new Map<string, never>();
  const after = await cellsOf(project, manifest);
  if (forecast.upToDate) expect(changed).toBe(false);
  for (const { step, source, rows, compute, reuse, reasons } of forecast.steps) {
    const where = `${step} of ${version}, ${JSON.stringify(reasons)}`;
    const cells = after.get(step)!;
    const counted = position.steps[step]?.computed ?? 0;
    expect(cells.size, where).toBe(rows);
    if (!source) expectWithin(counted, compute, `computed: ${where}`);
    // What was asked again and failed again is in no version.
    if (!changed) continue;
    const { computed, reused } = manifest.record.steps[step]!;
    const done = doneIn(cells, manifest.record.run);
    expect([computed, reused], where).toEqual([done.computed.size, done.reused.size]);
    expect(counted, where).toBe(computed);
    // A row that another branch brought in goes on naming that branch's run, and is new to this one all the same.
    const told = source ? changedSince(before.get(step), cells) : done;
    expectWithin(told.computed.size, compute, `computed: ${where}`);
    expectWithin(told.reused.size, reuse, `reused: ${where}`);
    expectSaid(listed.get(step) ?? [], told, where);
    expectByKey(prepared, step, { before: before.get(step), after: cells, done, made });
  }
  for (const cells of after.values()) for (const cell of cells.values()) made.add(cell);
  if (!changed || !parent) return;
  const then = await readManifest(project.store, parent.version);
  await expectDiff(
    project,
    { version: parent.version, manifest: then, cells: before },
    { version: version as Digest, manifest, cells: after },
  );
}

function expectEveryRowOnce({ steps }: Forecast, isPilot: boolean): void {
  for (const { step, rows, reasons, compute, reuse } of steps) {
    expect(total(reasons.map((reason) => reason.rows)), step).toBe(rows);
    expect(total(reasons.map((reason) => reason.compute.low)), step).toBe(compute.low);
    expect(total(reasons.map((reason) => reason.compute.high)), step).toBe(compute.high);
    for (const reason of reasons) expect(reason.rows, step).toBeGreaterThanOrEqual(reason.compute.high);
    for (const { low, high } of [compute, reuse]) expect(0 <= low && low <= high, step).toBe(true);
    const out = total(reasons.filter(({ why }) => why === LEFT_OUT).map((reason) => reason.rows - reason.compute.high));
    expect(reuse.low + compute.high, step).toBe(rows - out);
    // What a pilot doesn't compute may be taken over, or left out too.
    if (!isPilot) expect([out, reuse.high + compute.low], step).toEqual([0, rows]);
  }
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

function expectWithin(actual: number, { low, high }: Range, where: string): void {
  expect(actual, where).toBeGreaterThanOrEqual(low);
  expect(actual, where).toBeLessThanOrEqual(high);
}

const rowsOf = ({ services: { blobs, database } }: TestProject, { plan, parent, outlook }: Prepared, step: string) =>
  planRows({ plan, parent: parent?.manifest ?? null, outlook, blobs, database }, step);

/**
 * Rows that are asked for what became of them before. The summary knows how many of them a partition has, not which: where not all
 * of its rows are as they were, it may count one for another.
 */
const isOwn = ({ why }: { readonly why: string }) => [RETRY, LEFT_OUT].includes(why);

function expectSameCounts(
  { forecast: { steps }, changes, parent }: Prepared,
  step: string,
  rows: readonly PlannedRow[],
): void {
  const { reasons, compute } = steps.find((each) => each.step === step)!;
  const listed = new Map(
    Object.entries(Object.groupBy(rows, ({ why }) => why)).map(([why, some]) => [why, some!.length]),
  );
  const own = total(reasons.filter(isOwn).map((reason) => reason.rows));
  expect(rows.filter(isOwn).length, step).toBeLessThanOrEqual(own);
  const rowsBefore = parent?.manifest.state.steps[step]?.partitions ?? {};
  const isWhole = ({ movedFrom, partition, rows: some }: RowGroup) =>
    (rowsBefore[movedFrom ?? partition]?.rows ?? some) === some;
  const isExact = own === 0 || (changes?.groups.every(isWhole) ?? true);
  const counted = reasons.filter((reason) => isExact || !(isOwn(reason) || /reused|depends on/.test(reason.why)));
  for (const { why, rows: count } of counted) expect(listed.get(why) ?? 0, `${why}: ${step}`).toBe(count);
  expect(rows.length, step).toBe(total(reasons.map((reason) => reason.rows)));
  expect(rows.filter(({ why, certain }) => certain && why !== 'reused').length, step).toBeGreaterThanOrEqual(
    compute.low,
  );
}

/** What a list of rows said and the run then did. */
function expectSaid(rows: readonly PlannedRow[], { computed, reused }: Done, where: string): void {
  const said = (test: (row: PlannedRow) => boolean) => rows.filter(test).map(({ id }) => id);
  expect(
    said(({ id, why }) => why === 'reused' && computed.has(id)),
    `said to be reused: ${where}`,
  ).toEqual([]);
  expect(
    said(({ id, why, certain }) => why !== 'reused' && certain && reused.has(id)),
    `said to be computed: ${where}`,
  ).toEqual([]);
}

const doneIn = (cells: ReadonlyMap<string, Cell>, run: string): Done => {
  const asked = [...cells.values()].filter(({ errorCode }) => errorCode !== NOT_SAMPLED);
  const ids = (some: readonly Cell[]) => new Set(some.map(({ id }) => id));
  return {
    computed: ids(asked.filter((cell) => cell.run === run)),
    reused: ids(asked.filter((cell) => cell.run !== run)),
  };
};

function changedSince(before: ReadonlyMap<string, Cell> | undefined, after: ReadonlyMap<string, Cell>): Done {
  const ids = Object.groupBy(after.values(), ({ id, cellKey }) =>
    before?.get(id)?.cellKey === cellKey ? 'reused' : 'computed',
  );
  const set = (cells: readonly Cell[] = []) => new Set(cells.map(({ id }) => id));
  return { computed: set(ids.computed), reused: set(ids.reused) };
}

/** Computed are the rows whose key nobody has made before, and those that were asked again: no other, and all of them. */
function expectByKey(
  { plan }: Prepared,
  name: string,
  {
    before,
    after,
    done,
    made,
  }: {
    readonly before: ReadonlyMap<string, Cell> | undefined;
    readonly after: ReadonlyMap<string, PlacedCell>;
    readonly done: Done;
    readonly made: MadeCells;
  },
): void {
  const step = plan.steps.find((each) => each.name === name)!;
  const hasTwin = plan.steps.some((other) => other !== step && other.configuration === step.configuration);
  for (const [id, cell] of after) {
    const where = `row ${id} of ${name}`;
    const old = before?.get(id);
    const isAsked = (one: Cell) =>
      one.errorCode === NOT_SAMPLED || (one.status === 'failed' && step.askAgain.includes('*'));
    if (old?.cellKey === cell.cellKey && !isAsked(old)) expect(done.computed, where).not.toContain(id);
    if (!step.source && made.hasHere(cell)) expect(done.computed, where).not.toContain(id);
    if (!made.has(cell) && !hasTwin) expect(done.reused, where).not.toContain(id);
  }
}
