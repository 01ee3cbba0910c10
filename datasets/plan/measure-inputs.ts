import pMap from 'p-map';
import type { Digest } from '../../manifests/digest.ts';
import type { CellValue } from '../column-type.ts';
import type { Database, SqlRow } from '../parquet/database.ts';
import { parquetFiles, quoteName, quoteText } from '../parquet/sql-text.ts';
import type { Range } from './range.ts';
import type { RowsToCompute } from './rows-to-compute.ts';
import type { PlannedStep, RunPlan } from './run-plan.ts';

/** What the rows of a step bring with them, counted over all of them without looking into one. */
export interface MeasuredInputs {
  readonly rows: number;
  /** Rows that have what the step requires and anything to ask about. */
  readonly asking: number;
  /** Characters of their texts; a missing one counts as `(none)`. */
  readonly chars: number;
  readonly images: number;
  /** From all lengths rounded down to all rounded up; null where no step knows the length of the sound. */
  readonly audioSeconds: Range | null;
  /** Some of the rows that ask, always the same ones. */
  readonly sample: readonly SampledRow[];
}

export interface SampledRow {
  readonly chars: number;
  readonly inputs: { readonly [role: string]: CellValue };
}

export interface InputFiles {
  readonly database: Database;
  /** The local copy of a file, which is fetched once. */
  readonly file: (digest: Digest) => Promise<string>;
}

/** More rows would make an estimate hardly narrower, and each is counted token by token. */
export const SAMPLED_ROWS = 200;

/** Reads just the columns that the step reads, and of all but a sample only how long they are. */
export async function measureInputs(
  { database, file }: InputFiles,
  step: PlannedStep,
  plan: RunPlan,
  { files, failedWith }: RowsToCompute,
): Promise<MeasuredInputs> {
  const paths = new Map<string, string[]>();
  // A first plan fetches a hundred small files a step; later ones find them in the cache.
  for (const [name, digests] of files) paths.set(name, await pMap(digests, file, { concurrency: 16 }));
  const [first, ...others] = [...paths.keys()];
  if (first === undefined || paths.get(first)!.length === 0)
    return { rows: 0, asking: 0, chars: 0, images: 0, audioSeconds: null, sample: [] };

  const table = (name: string) => `${parquetFiles(paths.get(name)!)} AS ${quoteName(name)}`;
  const from = [table(first), ...others.map((name) => `JOIN ${table(name)} ON ${idOf(name)} = ${idOf(first)}`)].join(
    ' ',
  );
  const where = failedWith === null ? 'true' : failed(step.name, failedWith);
  const { asks, chars, images, seconds } = expressions(step, plan);
  const [sums] = await database.rows(
    `SELECT count(*)::DOUBLE AS n, (count(*) FILTER (asks))::DOUBLE AS asking,
      ${['chars', 'images', 'least', 'most'].map((name) => `coalesce(sum(${name}) FILTER (asks), 0)::DOUBLE AS ${name}`).join(', ')}
    FROM (SELECT ${asks} AS asks, ${chars} AS chars, ${images} AS images,
      floor(${seconds ?? 0}) AS least, ceil(${seconds ?? 0}) AS most FROM ${from} WHERE ${where})`,
  );
  const values = Object.values(step.reads).map((read, index) => `${columnOf(read)} AS r${index}`);
  const sample = await database.rows(
    `SELECT ${[`(${chars})::DOUBLE AS chars`, ...values].join(', ')} FROM ${from} WHERE ${where} AND ${asks}
    ORDER BY md5(${idOf(first)}), ${idOf(first)} LIMIT ${SAMPLED_ROWS}`,
  );
  const of = (name: string) => Number(sums![name]);
  return {
    rows: of('n'),
    asking: of('asking'),
    chars: of('chars'),
    images: of('images'),
    audioSeconds: seconds === null ? null : { low: of('least'), high: of('most') },
    sample: sample.map((row) => ({ chars: Number(row['chars']), inputs: inputsOf(step, row) })),
  };
}

const inputsOf = ({ reads }: PlannedStep, row: SqlRow) =>
  Object.fromEntries(Object.keys(reads).map((role, index) => [role, row[`r${index}`] ?? null]));

const idOf = (step: string) => `${quoteName(step)}.id`;
const columnOf = ({ step, column }: { readonly step: string; readonly column: string }) =>
  `${quoteName(step)}.${quoteName(column)}`;

const failed = (step: string, codes: readonly string[]): string =>
  [
    `${quoteName(step)}.status = 'failed'`,
    ...(codes.includes('*') ? [] : [`${quoteName(step)}.error_code IN (${codes.map(quoteText).join(', ')})`]),
  ].join(' AND ');

/** SQL over one row: whether there is anything to ask about, how much text, how many images, how long the sound is. */
function expressions(step: PlannedStep, plan: RunPlan) {
  const required: string[] = [];
  const given: string[] = [];
  const chars: string[] = [];
  const images: string[] = [];
  let seconds: string | null = null;
  for (const read of Object.values(step.reads)) {
    const columns = plan.steps.find(({ name }) => name === read.step)!.columns;
    const { type, media } = columns.find(({ name }) => name === read.column)!;
    const column = columnOf(read);
    const isList = typeof type === 'object' && 'list' in type;
    if (read.required) required.push(`${column} IS NOT NULL`);
    given.push(media === 'image' && isList ? `coalesce(len(${column}), 0) > 0` : `${column} IS NOT NULL`);
    if (media === undefined) chars.push(`coalesce(length(CAST(${column} AS VARCHAR)), length('(none)'))`);
    if (media === 'image') images.push(isList ? `coalesce(len(${column}), 0)` : `(${column} IS NOT NULL)::INTEGER`);
    if (media === 'audio' && columns.some(({ name, type: of }) => name === 'duration_s' && of === 'float64'))
      seconds = `coalesce(${columnOf({ step: read.step, column: 'duration_s' })}, 0)`;
  }
  const all = [...required, given.length > 0 ? `(${given.join(' OR ')})` : 'true'].join(' AND ');
  return { asks: `(${all})`, chars: total(chars), images: total(images), seconds };
}

const total = (parts: readonly string[]) => (parts.length === 0 ? '0' : parts.join(' + '));
