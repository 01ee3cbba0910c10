import { columnsFromJson, type ColumnJson } from '../../datasets/column-type.ts';
import { NOT_SAMPLED } from '../../datasets/cell.ts';
import { recordedParameters } from '../../datasets/declaration/recorded-parameters.ts';
import { findPartition } from '../../datasets/find-partition.ts';
import { findRequest } from '../../datasets/request-log.ts';
import { readCell } from '../../datasets/step-files.ts';
import type { StepKind } from '../../activities/step-kind.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { Manifest, StepState } from '../../manifests/manifest.ts';
import type { ResolvedVersion } from '../resolve-version.ts';
import { askedAgain } from './asked-again.ts';
import type { CellStory, Place, ToldCell, ToldInput } from './cell-story.ts';
import { findColumn } from './find-column.ts';
import { kindOf, promptText, type WhyTools } from './why-tools.ts';

/** Null where the version has no such row. Throws `WhyError` for a step or column that it hasn't. */
export async function explainCell(
  tools: WhyTools,
  { version, manifest }: ResolvedVersion,
  id: string,
  name: string,
): Promise<Omit<CellStory, 'tags'> | null> {
  const { step, column } = findColumn(manifest, name);
  const file = (digest: Parameters<BlobStore['file']>[0]) => tools.blobs.file(digest);
  const partition = await findPartition({ database: tools.database, file }, manifest, id);
  if (partition === null) return null;

  const inputs = await inputsByStep(tools, manifest, step);
  const shown = new Map<string, Set<string>>([[step, new Set([column])]]);
  for (const { step: from, column: read } of [...inputs.values()].flat())
    shown.set(from, (shown.get(from) ?? new Set()).add(read));
  const cells = await Promise.all(
    nearestFirst(step, inputs, manifest).map((each) =>
      tellCell(tools, manifest, {
        id,
        partition,
        step: each,
        inputs: inputs.get(each) ?? [],
        shown: [...(shown.get(each) ?? [])],
      }),
    ),
  );
  const [first, ...others] = cells;
  const asked = await askedAgain(tools, manifest, first!, others);
  return {
    dataset: manifest.state.dataset,
    version,
    id,
    partition,
    step,
    column,
    cells: [first!, ...others],
    asked,
  };
}

/** What the step and each before it reads; the steps themselves are the keys. */
async function inputsByStep(
  tools: WhyTools,
  manifest: Manifest,
  start: string,
): Promise<ReadonlyMap<string, readonly ToldInput[]>> {
  const found = new Map<string, readonly ToldInput[]>();
  const look = async (step: string) => {
    if (found.has(step)) return;
    const inputs = await inputsOf(tools, manifest, step);
    found.set(step, inputs);
    for (const { step: from } of inputs) await look(from);
  };
  await look(start);
  return found;
}

async function inputsOf(tools: WhyTools, manifest: Manifest, step: string): Promise<readonly ToldInput[]> {
  const state = manifest.state.steps[step]!;
  if (state.reads)
    return Object.entries(state.reads).map(([role, read]) => {
      const dot = read.indexOf('.');
      return { role, step: read.slice(0, dot), column: read.slice(dot + 1) };
    });
  // A version made before it was kept: the kind says it, if it is one of this program's.
  const kind = kindOf(tools, state);
  const recorded = kind && (await recordedParameters(manifest.state.declaration, step, kind, promptText(tools)));
  if (!kind || !recorded) return [];
  const needs = Object.fromEntries(
    state.needs.map((need) => [need, columnsFromJson(manifest.state.steps[need]!.columns as readonly ColumnJson[])]),
  );
  try {
    return Object.entries(kind.reads(recorded.params, needs)).map(([role, read]) => ({
      role,
      step: read.step,
      column: read.column,
    }));
  } catch {
    return [];
  }
}

/** The asked step, then what it reads, then what that reads; the source of the rows is the last. */
function nearestFirst(
  start: string,
  inputs: ReadonlyMap<string, readonly ToldInput[]>,
  { state }: Manifest,
): readonly string[] {
  const depths = new Map<string, number>([[start, 0]]);
  const walk = (step: string, depth: number) => {
    for (const { step: from } of inputs.get(step) ?? []) {
      if ((depths.get(from) ?? -1) > depth) continue;
      depths.set(from, depth + 1);
      walk(from, depth + 1);
    }
  };
  walk(start, 0);
  const [source] = Object.entries(state.steps).find(([, step]) => step.source)!;
  depths.set(source, source === start ? 0 : Number.POSITIVE_INFINITY);
  return [...depths].toSorted(([, a], [, b]) => (a === b ? 0 : a - b)).map(([step]) => step);
}

interface Wanted {
  readonly id: string;
  readonly partition: string;
  readonly step: string;
  readonly inputs: readonly ToldInput[];
  readonly shown: readonly string[];
}

async function tellCell(tools: WhyTools, manifest: Manifest, wanted: Wanted): Promise<ToldCell> {
  const { blobs, database } = tools;
  const state = manifest.state.steps[wanted.step]!;
  const columns = columnsFromJson(state.columns as readonly ColumnJson[]);
  const snapshot = state.partitions[wanted.partition]!;
  const [values, provenance] = await Promise.all([blobs.file(snapshot.values), blobs.file(snapshot.provenance)]);
  const cell = await readCell(database, { values, provenance }, columns, wanted.id);
  if (cell === null) throw new RangeError(`${wanted.step} has no row ${wanted.id} in ${wanted.partition}`);
  const known = kindOf(tools, state);
  const meanings: StepKind['codes'] = {
    ...known?.codes,
    [NOT_SAMPLED]: 'A pilot asked about a sample of the rows, and this one is not in it.',
  };
  const meaning = cell.errorCode === null ? null : (meanings[cell.errorCode] ?? null);
  return {
    ...cell,
    ...wanted,
    state,
    columns,
    meaning,
    runStartedMs: startOfRun(cell.run, manifest),
    place: state.source ? await placeOf(tools, state, cell.origin) : null,
  };
}

/** A run's name has the time at which it began. */
function startOfRun(run: string, { record }: Manifest): number | null {
  if (run === record.run) return Number(record.started_at);
  const coded = /^r-([0-9a-z]{8})-/.exec(run)?.[1];
  return coded === undefined ? null : Number.parseInt(coded, 36);
}

async function placeOf({ blobs, database }: WhyTools, state: StepState, origin: string | undefined): Promise<Place> {
  if (origin === undefined) return { kind: 'unknown' };
  const request = /^request (.+)$/.exec(origin)?.[1];
  if (request === undefined || !state.collection) return { kind: 'place', text: origin };
  return {
    kind: 'request',
    request,
    sent: await findRequest(database, await blobs.file(state.collection.log), request),
  };
}
