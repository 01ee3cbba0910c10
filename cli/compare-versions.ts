import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pMap from 'p-map';
import { text } from '../datasets/column-type.ts';
import { chooseMeasure } from '../datasets/compare/choose-measure.ts';
import { compareColumns } from '../datasets/compare/compare-columns.ts';
import { CompareError } from '../datasets/compare/compare-error.ts';
import { type ComparedSide, fileColumn, selectColumn } from '../datasets/compare/compared-side.ts';
import type { Comparison, Measure } from '../datasets/compare/comparison.ts';
import { compareIds } from '../datasets/compare-ids.ts';
import { type Database, openDatabase } from '../datasets/parquet/database.ts';
import { textIn } from '../datasets/parquet/row-text.ts';
import { writeParquet } from '../datasets/parquet/write-parquet.ts';
import { comparedSides, type SidesRequest } from './compared-sides.ts';
import { findColumn, valuesDigests } from './find-column.ts';
import type { Project } from './open-project.ts';
import { readGold } from './read-gold.ts';

export interface CompareVersionsRequest extends SidesRequest {
  readonly gold: readonly string[];
  readonly goldId: string;
  readonly goldLabels: readonly string[];
  readonly otherLabels: boolean;
  readonly measure?: Measure;
  readonly samples: number;
  readonly seed: number;
  /** Columns shown beside the changed rows, of the first version. */
  readonly context: readonly string[];
}

/** What people labelled and what can't be compared of it, by file. */
export interface GoldNote {
  readonly name: string;
  readonly labelled: number;
  readonly unlabelled: number;
  readonly unknown: number;
}

export interface ComparedVersions {
  readonly comparison: Comparison;
  readonly gold: readonly GoldNote[];
}

export async function compareVersions(
  project: Pick<Project, 'store' | 'blobs'>,
  request: CompareVersionsRequest,
): Promise<ComparedVersions> {
  const { sides: answers, first } = await comparedSides(project, request);
  if (answers.length + request.gold.length < 2)
    throw new CompareError(
      'There is one column and nothing to compare it with. Name a second version, another column with --with, or human labels with --gold.',
    );
  const context = await pMap(request.context, async (name) => {
    const { step, column } = findColumn(first, name, request.versions[0]!);
    return { name, ...fileColumn(column, await pMap(valuesDigests(step), (digest) => project.blobs.file(digest))) };
  });
  const tempFolder = await mkdtemp(join(tmpdir(), 'gettok-compare-'));
  try {
    using database = await openDatabase({ tempFolder });
    const measure = await chooseMeasure(database, answers, request.measure);
    const people = await goldSides(database, answers, { ...request, measure, tempFolder });
    const comparison = await compareColumns(database, {
      dataset: request.dataset,
      sides: [...people.map(({ side }) => side), ...answers],
      measure,
      sample: { size: request.samples, seed: request.seed, context },
    });
    return { comparison, gold: people.map(({ note }) => note) };
  } finally {
    await rm(tempFolder, { recursive: true, force: true });
  }
}

const GOLD = { id: text(), value: text(), status: text(), error_code: text() };

async function goldSides(
  database: Database,
  answers: readonly ComparedSide[],
  request: CompareVersionsRequest & { readonly measure: Measure; readonly tempFolder: string },
): Promise<{ readonly side: ComparedSide; readonly note: GoldNote }[]> {
  const { gold, goldId, goldLabels, measure, tempFolder } = request;
  if (gold.length === 0) return [];
  const ids = new Set(await selected(database, answers, 'id'));
  const labels = measure === 'labels' && !request.otherLabels ? await knownLabels(database, answers) : null;
  const asked = gold.flatMap((file) => goldLabels.map((labelColumn) => ({ file, labelColumn })));
  return pMap(
    [...asked.entries()],
    async ([index, { file, labelColumn }]) => {
      const read = await readGold({ file, idColumn: goldId, labelColumn, ids, labels, numeric: measure === 'numbers' });
      const rows = [...read.values]
        .toSorted(([a], [b]) => compareIds(a, b))
        .map(([id, value]) => ({ id, value, status: 'ok', error_code: null }));
      const path = join(tempFolder, `gold-${index}.parquet`);
      await writeFile(path, await writeParquet(GOLD, rows));
      const name = goldLabels.length > 1 ? `${basename(file)} ${labelColumn}` : basename(file);
      const { unlabelled, unknown } = read;
      return {
        side: { name, gold: true, column: 'value', type: 'text', files: [path], declared: [] },
        note: { name, labelled: rows.length, unlabelled, unknown },
      };
    },
    { concurrency: 1 },
  );
}

async function knownLabels(database: Database, answers: readonly ComparedSide[]): Promise<Set<string>> {
  const declared = answers.flatMap((side) => side.declared);
  return new Set(declared.length > 0 ? declared : await selected(database, answers, 'value'));
}

async function selected(database: Database, answers: readonly ComparedSide[], what: 'id' | 'value'): Promise<string[]> {
  const queries = answers.map((side) => `SELECT ${what} AS found FROM (${selectColumn(side, 'VARCHAR')})`);
  const rows = await database.rows(
    `SELECT DISTINCT found FROM (${queries.join(' UNION ALL ')}) WHERE found IS NOT NULL ORDER BY found`,
  );
  return rows.map((row) => textIn(row, 'found'));
}
