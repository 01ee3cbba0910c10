import type { TypeJson } from '../column-type.ts';
import type { Database } from '../parquet/database.ts';
import { CompareError } from './compare-error.ts';
import { type ComparedSide, selectColumn } from './compared-side.ts';
import type { Measure } from './comparison.ts';

/** A column of few and short texts holds labels, also where none are declared. */
const MOST_LABELS = 50;
const LONGEST_LABEL = 100;
/** A table of more is no table any more. */
const MOST_COMPARED = 500;

const NUMERIC: readonly TypeJson[] = ['int32', 'int64', 'float32', 'float64'];
export const isNumeric = (type: TypeJson): boolean => NUMERIC.includes(type);

/** How columns are compared: as asked for, else as what they are. Human labels follow the others. */
export async function chooseMeasure(
  database: Database,
  sides: readonly ComparedSide[],
  asked: Measure | undefined,
): Promise<Measure> {
  const answers = sides.filter(({ gold }) => !gold);
  for (const { type, made, name } of answers)
    if (typeof type === 'object')
      throw new CompareError(
        `${made?.column ?? name} is a list or a struct: compare takes text, numbers and yes or no. Count or join what is in it with: gettok query`,
      );
  if (asked === 'numbers') {
    const other = answers.find(({ type }) => !isNumeric(type));
    if (other) throw new CompareError(`${other.made?.column ?? other.name} holds no numbers. Leave out --as numbers.`);
  }
  const hasVectors = answers.some(({ embedding }) => embedding !== undefined);
  if (hasVectors && asked !== undefined && asked !== 'text')
    throw new CompareError(
      `--embedding says how alike texts are, and --as ${asked} compares no texts. Leave out one of them.`,
    );
  const measure = asked ?? (hasVectors ? 'text' : await detect(database, answers));
  if (measure === 'labels') await checkLabels(database, answers);
  return measure;
}

async function detect(database: Database, answers: readonly ComparedSide[]): Promise<Measure> {
  if (answers.every(({ type }) => isNumeric(type))) return 'numbers';
  if (answers.some(({ declared, type }) => declared.length > 0 || type === 'bool')) return 'labels';
  for (const side of answers) {
    const { labels, longest } = await extent(database, side);
    if (labels > MOST_LABELS || longest > LONGEST_LABEL) return 'text';
  }
  return 'labels';
}

async function checkLabels(database: Database, answers: readonly ComparedSide[]): Promise<void> {
  for (const side of answers) {
    const { labels } = await extent(database, side);
    if (labels > MOST_COMPARED)
      throw new CompareError(
        `${side.made?.column ?? side.name} has ${labels} different values, too many to be labels. Compare it with --as text${isNumeric(side.type) ? ' or --as numbers' : ''}.`,
      );
  }
}

async function extent(database: Database, side: ComparedSide): Promise<{ labels: number; longest: number }> {
  const [row] = await database.rows(
    `SELECT count(DISTINCT value) AS labels, coalesce(max(length(value)), 0) AS longest FROM (${selectColumn(side, 'VARCHAR')})`,
  );
  return { labels: Number(row!['labels']), longest: Number(row!['longest']) };
}
