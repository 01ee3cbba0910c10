import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import type { Allocation } from '../datasets/compare/allocate-sample.ts';
import { coderSheet } from '../datasets/compare/coder-sheet.ts';
import { CompareError } from '../datasets/compare/compare-error.ts';
import { fileColumn } from '../datasets/compare/compared-side.ts';
import { drawSheet } from '../datasets/compare/draw-sheet.ts';
import { openDatabase } from '../datasets/parquet/database.ts';
import { leftOut as leftOutRows } from '../datasets/plan/reuse.ts';
import type { Digest } from '../manifests/digest.ts';
import type { Manifest, StepState } from '../manifests/manifest.ts';
import { findColumn, type FoundColumn, valuesDigests } from './find-column.ts';
import type { Project } from './open-project.ts';
import { checkOutput, writeOutput } from './output-file.ts';
import { resolveVersion } from './resolve-version.ts';
import { formatCount, plural, shortDigest } from './terminal/format-number.ts';
import { printable } from './terminal/render-table.ts';

export interface SampleOptions {
  readonly dataset: string;
  readonly at: string;
  readonly size: number;
  readonly stratify?: string;
  readonly blind: boolean;
  readonly allocation: Allocation;
  readonly columns: readonly string[];
  /** Also rows that a pilot left out. */
  readonly allRows: boolean;
  readonly seed: number;
  readonly file: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** Writes a sheet for people who code rows of a version by hand, and says what is in it. */
export async function runSample(
  { store, blobs }: Pick<Project, 'store' | 'blobs'>,
  options: SampleOptions,
  out: NodeJS.WriteStream,
): Promise<void> {
  const { at, stratify, blind, size, seed, allocation, file, columns: names } = options;
  await checkOutput(file, options.force);
  const resolved = await resolveVersion(store, options.dataset, at);
  const { steps } = resolved.manifest.state;
  const by = stratify === undefined ? null : findColumn(resolved, stratify, at);
  if (by && typeof by.column.type === 'object') throw new CompareError(`--stratify ${stratify} is a list or a struct.`);
  if (blind && !by)
    throw new CompareError(
      '--blind leaves out the answers of the step that --stratify names. Name a column of that step, such as --stratify stance.label.',
    );
  const shown = names.map((name) => findColumn(resolved, name, at));
  if (blind && by) checkBlind(steps, by, shown);
  const read = by && !blind && !shown.some((one) => nameOf(one) === nameOf(by)) ? [...shown, by] : shown;
  const source = Object.values(steps).find((step) => step.source)!;
  const fetched = (digests: readonly Digest[]) => pMap(digests, (digest) => blobs.file(digest), { concurrency: 8 });
  const files = (step: StepState) => fetched(valuesDigests(step));
  const tempFolder = await mkdtemp(join(tmpdir(), 'gettok-sample-'));
  try {
    using database = await openDatabase({ tempFolder });
    const sheet = await drawSheet(database, {
      rows: await files(source),
      asked: options.allRows ? [] : await fetched(Object.values(steps).flatMap(withLeftOut)),
      stratify: by && fileColumn(by.column, await files(by.step)),
      size,
      allocation,
      seed,
      columns: await pMap(read, async ({ step, column }) => fileColumn(column, await files(step)), { concurrency: 1 }),
    });
    await writeOutput(file, coderSheet(read.map(nameOf), sheet.rows));
    out.write(options.json ? jsonText(options, resolved.version, sheet) : summary(options, resolved.version, sheet));
  } finally {
    await rm(tempFolder, { recursive: true, force: true });
  }
}

/** Of the partitions with rows that a pilot left out. */
const withLeftOut = ({ partitions }: StepState): Digest[] =>
  Object.values(partitions).flatMap(({ values, counts }) => (leftOutRows(counts) > 0 ? [values] : []));

const nameOf = ({ stepName, column }: FoundColumn): string => `${stepName}.${column.name}`;

/** Who codes blind sees neither the answer nor what was made of it. */
function checkBlind(steps: Manifest['state']['steps'], by: FoundColumn, shown: readonly FoundColumn[]): void {
  const dependsOn = (name: string): boolean =>
    name === by.stepName || (steps[name]?.needs ?? []).some((need) => dependsOn(need));
  const telling = shown.filter(({ stepName }) => dependsOn(stepName)).map(nameOf);
  if (telling.length > 0)
    throw new CompareError(
      `${telling.join(', ')} would tell the answer of step ${by.stepName} to people who code blind. Leave it out of --columns, or leave out --blind.`,
    );
}

type Drawn = Awaited<ReturnType<typeof drawSheet>>;

const jsonText = ({ file, seed }: SampleOptions, version: string, { rows, strata, leftOut }: Drawn) =>
  `${JSON.stringify({ file, version, rows: rows.length, seed, strata, left_out: leftOut })}\n`;

function summary(
  { file, stratify, at, seed }: SampleOptions,
  version: string,
  { rows, strata, leftOut }: Drawn,
): string {
  const listed = strata.map(
    ({ stratum, rows: all, sampled }) => `${printable(stratum)} ${formatCount(sampled)} of ${formatCount(all)}`,
  );
  return [
    `${file}: ${plural(rows.length, 'row')} of ${shortDigest(version)}, seed ${seed}`,
    ...(stratify === undefined ? [] : [`  ${stratify}: ${listed.join(' · ')}`]),
    ...(leftOut > 0
      ? [`  not drawn from: ${plural(leftOut, 'row')} that the pilot left out (--all-rows draws from them too)`]
      : []),
    `Fill in the column label, then:  gettok compare ${at} --column ${stratify ?? 'step.column'} --gold ${file}`,
    '',
  ].join('\n');
}
