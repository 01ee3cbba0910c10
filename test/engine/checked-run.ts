import { expect } from 'vitest';
import { type PlannedRow, planRows } from '../../cli/plan-rows.ts';
import { CAUSE_WORDS } from '../../datasets/causes.ts';
import { jsonOf } from '../../datasets/canonical-row.ts';
import { type Cell, NOT_SAMPLED } from '../../datasets/cell.ts';
import { columnsFromJson } from '../../datasets/column-type.ts';
import { diffVersions, type Version } from '../../datasets/diff/diff-versions.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';
import type { Forecast } from '../../datasets/plan/forecast.ts';
import type { Range } from '../../datasets/plan/range.ts';
import { LEFT_OUT, RETRY } from '../../datasets/plan/step-reasons.ts';
import { readCells } from '../../datasets/step-files.ts';
import { canonicalJson } from '../../manifests/canonical-json.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { Manifest, StepState } from '../../manifests/manifest.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import type { RunOptions, TestProject } from './test-project.ts';

type PlacedCell = Cell & { readonly partition: string };
/** Cells of a version, by step and id. */
type Cells = ReadonlyMap<string, ReadonlyMap<string, PlacedCell>>;
type Prepared = Awaited<ReturnType<TestProject['prepare']>>;

/** What a run did with the rows of one step. */
interface Done {
  readonly computed: ReadonlySet<string>;
  readonly reused: ReadonlySet<string>;
}

/** The cells that runs of a dataset have made so far, whatever became of their versions: where, by row and cell key. */
export class MadeCells {
  readonly #partitions = new Map<string, Set<string>>();
  readonly #last = new Map<string, Cell['status']>();

  add({ id, cellKey, partition, status, errorCode }: PlacedCell): void {
    if (errorCode === NOT_SAMPLED) return;
    const key = `${id} ${cellKey}`;
    this.#partitions.set(key, (this.#partitions.get(key) ?? new Set()).add(partition));
    if (this.#last.get(key) !== 'ok') this.#last.set(key, status);
  }

  has = ({ id, cellKey }: Cell): boolean => this.#partitions.has(`${id} ${cellKey}`);
  /** Where the engine finds it, and made for good. */
  hasHere({ id, cellKey, partition }: PlacedCell): boolean {
    const key = `${id} ${cellKey}`;
    return this.#partitions.get(key)?.has(partition) === true && this.#last.get(key) !== 'failed';
  }
}

/** Runs, and compares what `plan` said of it, row by row, what it did, and what `diff` says of it afterwards. */
export async function checkedRun(project: TestProject, made: MadeCells, options: RunOptions): Promise<void> {
  const prepared = await project.prepare(options);
  const { forecast, plan, parent } = prepared;
  expectEveryRowOnce(forecast);
  const listed = new Map<string, PlannedRow[]>();
  // Which rows a pilot asks about is in no plan.
  for (const { name } of plan.sample ? [] : plan.steps) listed.set(name, await rowsOf(project, prepared, name));
  for (const [step, rows] of listed) expectSameCounts(forecast, step, rows);

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
    if (!plan.sample) expectWithin(told.reused.size, reuse, `reused: ${where}`);
    expectSaid(listed.get(step) ?? [], told, where);
    expectByKey(prepared, step, { before: before.get(step), after: cells, done, made });
  }
  for (const cells of after.values()) for (const cell of cells.values()) made.add(cell);
  if (changed && parent)
    await expectDiff(
      project,
      { version: parent.version, manifest: await readManifest(project.store, parent.version) },
      { version: version as Digest, manifest },
      before,
      after,
    );
}

function expectEveryRowOnce({ steps }: Forecast): void {
  for (const { step, rows, reasons, compute, reuse } of steps) {
    expect(total(reasons.map((reason) => reason.rows)), step).toBe(rows);
    expect(total(reasons.map((reason) => reason.compute.low)), step).toBe(compute.low);
    expect(total(reasons.map((reason) => reason.compute.high)), step).toBe(compute.high);
    for (const reason of reasons) expect(reason.rows, step).toBeGreaterThanOrEqual(reason.compute.high);
    for (const { low, high } of [compute, reuse]) expect(0 <= low && low <= high, step).toBe(true);
    const out = total(reasons.filter(({ why }) => why === LEFT_OUT).map((reason) => reason.rows - reason.compute.high));
    expect([reuse.low + compute.high, reuse.high + compute.low], step).toEqual([rows - out, rows - out]);
  }
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

function expectWithin(actual: number, { low, high }: Range, where: string): void {
  expect(actual, where).toBeGreaterThanOrEqual(low);
  expect(actual, where).toBeLessThanOrEqual(high);
}

const rowsOf = ({ services: { blobs, database } }: TestProject, { plan, parent, outlook }: Prepared, step: string) =>
  planRows({ plan, parent: parent?.manifest ?? null, outlook, blobs, database }, step);

/** Rows that are asked for what became of them before; the summary knows how many a partition has, not which. */
const isOwn = ({ why }: { readonly why: string }) => [RETRY, LEFT_OUT].includes(why);

function expectSameCounts({ steps }: Forecast, step: string, rows: readonly PlannedRow[]): void {
  const { reasons, compute } = steps.find((each) => each.step === step)!;
  const listed = new Map(
    Object.entries(Object.groupBy(rows, ({ why }) => why)).map(([why, some]) => [why, some!.length]),
  );
  const own = total(reasons.filter(isOwn).map((reason) => reason.rows));
  const listedOwn = rows.filter(isOwn).length;
  expect(listedOwn, `own: ${step}`).toBeLessThanOrEqual(own);
  // Where a row that failed has another reason now, another is counted in its place.
  const others = reasons.filter(
    (reason) => !isOwn(reason) && (listedOwn === own || !/reused|depends on/.test(reason.why)),
  );
  for (const { why, rows: count } of others) expect(listed.get(why), `${why}: ${step}`).toBe(count);
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

async function cellsOf({ services: { blobs, database } }: TestProject, { state }: Manifest): Promise<Cells> {
  const found = new Map<string, Map<string, PlacedCell>>();
  for (const [name, step] of Object.entries(state.steps)) {
    const cells = new Map<string, PlacedCell>();
    for (const [partition, { values, provenance }] of Object.entries(step.partitions)) {
      const paths = { values: await blobs.file(values), provenance: await blobs.file(provenance) };
      for (const cell of await readCells(
        database,
        paths,
        columnsFromJson(step.columns as Parameters<typeof columnsFromJson>[0]),
      ))
        cells.set(cell.id, { ...cell, partition });
    }
    found.set(name, cells);
  }
  return found;
}

const LABEL = new RegExp(`^(${CAUSE_WORDS.join('|')})( \\([^()]+\\))?$`);

/** `before` and `after` by the names that the steps have now. */
async function expectDiff(project: TestProject, a: Version, b: Version, before: Cells, after: Cells): Promise<void> {
  using database = await openDatabase({ threads: 1 });
  const scope = { steps: null, columns: null, ids: null, samples: null };
  const { columns, rows } = await diffVersions({ database, blobs: project.services.blobs }, a, b, scope);
  const found: string[] = [];
  for (const { column, changed, causes, samples } of columns) {
    expect(total(causes.map(({ count }) => count)), column).toBe(changed);
    for (const { cause } of causes) for (const part of cause.split(' + ')) expect(part).toMatch(LABEL);
    found.push(...samples.map(({ id }) => `${column} ${id}`));
  }
  expect(found.toSorted()).toEqual(changedCells(b.manifest.state.steps, before, after).toSorted());
  for (const { rows: count, causes } of [rows.added, rows.removed])
    expect(total(causes.map((cause) => cause.count))).toBe(count);
  expect((await diffVersions({ database, blobs: project.services.blobs }, b, b, scope)).rows.changed).toBe(0);
}

/** Cells of rows and columns that both versions have. */
function changedCells(steps: { readonly [name: string]: StepState }, before: Cells, after: Cells): string[] {
  return Object.keys(steps).flatMap((name) =>
    [...after.get(name)!].flatMap(([id, now]) => {
      const old = before.get(name)?.get(id);
      if (!old) return [];
      const columns = Object.keys(now.values).filter(
        (column) =>
          columns0(old, column) &&
          canonicalJson(jsonOf(old.values[column]!)) !== canonicalJson(jsonOf(now.values[column]!)),
      );
      const status = old.status !== now.status || old.errorCode !== now.errorCode ? ['status'] : [];
      return [...columns, ...status].map((column) => `${name}.${column} ${id}`);
    }),
  );
}
const columns0 = (cell: Cell, column: string) => column in cell.values;
