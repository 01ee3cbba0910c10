import type { Database } from '../parquet/database.ts';
import { NOT_SAMPLED } from '../cell.ts';
import { quoteText } from '../parquet/sql-text.ts';
import { textIn, textOrNullIn } from '../parquet/row-text.ts';
import type { ComparedSide, FileColumn } from './compared-side.ts';
import type { ChangedRows, Measure } from './comparison.ts';
import { JOINED } from './join-sides.ts';
import { drawSample, randomOrder, sampledStrata, shownColumns } from './draw-sample.ts';

export interface SampleRequest {
  readonly size: number;
  readonly seed: number;
  /** Columns shown beside the changed values, by the name a person gave. */
  readonly context: readonly (FileColumn & { readonly name: string })[];
}

/**
 * Rows on which the sides differ, a side with a value and one without being different too, and a sample of them with as
 * many of every kind of change as of any other. Beside human labels only rows that have one count, and none that a pilot
 * left out.
 */
export async function changedRows(
  database: Database,
  sides: readonly Pick<ComparedSide, 'gold'>[],
  measure: Measure,
  { size, seed, context }: SampleRequest,
): Promise<ChangedRows> {
  const numbers = [...sides.keys()];
  const shown = numbers.map((index) => `c${index}`).join(', ');
  const asked = numbers.filter((index) => sides[index]!.gold);
  const valued = (asked.length > 0 ? asked : numbers).map((index) => `v${index} IS NOT NULL`).join(' OR ');
  // Rows that a pilot left out differ in nothing: nobody has asked about them.
  const drawnRows = numbers.map((index) => `coalesce(e${index}, '') <> ${quoteText(NOT_SAMPLED)}`).join(' AND ');
  const some = `(${valued}) AND ${drawnRows}`;
  await database.run(
    `CREATE TABLE changed AS SELECT id, ${shown}, ${stratumOf(numbers, measure)} AS stratum, ${randomOrder(seed)} AS dice ` +
      `FROM ${JOINED} WHERE len(list_distinct([${shown}])) > 1 AND ${some}`,
  );
  const [all] = await database.rows(`SELECT count(*) AS n FROM ${JOINED} WHERE ${some}`);
  const strata = await sampledStrata(database, 'changed', size, 'equal');
  const { selected, joins } = shownColumns(context);
  const rows = await database.rows(
    `SELECT ${['drawn.*', ...selected].join(', ')} FROM (${drawSample('changed', strata)}) AS drawn ${joins} ORDER BY drawn.place, drawn.dice`,
  );
  return {
    of: Number(all!['n']),
    rows: strata.reduce((sum, stratum) => sum + stratum.rows, 0),
    strata,
    seed,
    context: context.map(({ name }) => name),
    samples: rows.map((row) => ({
      id: textIn(row, 'id'),
      stratum: textIn(row, 'stratum'),
      values: numbers.map((index) => textOrNullIn(row, `c${index}`) ?? ''),
      context: context.map((_, index) => textOrNullIn(row, `k${index}`)),
    })),
  };
}

/** Of labels the labels themselves; of numbers which way they went; of texts which side lacks one. */
function stratumOf(numbers: readonly number[], measure: Measure): string {
  const kinds = numbers.map((index) =>
    measure === 'labels'
      ? `coalesce(c${index}, '–')`
      : `CASE WHEN v${index} IS NOT NULL THEN '${measure === 'text' ? 'text' : 'number'}' ELSE coalesce(c${index}, '–') END`,
  );
  const named = kinds.join(` || ' → ' || `);
  if (numbers.length !== 2 || measure === 'labels') return named;
  if (measure === 'text') return `CASE WHEN v0 IS NOT NULL AND v1 IS NOT NULL THEN 'another text' ELSE ${named} END`;
  return `CASE WHEN v1 > v0 THEN 'higher' WHEN v1 < v0 THEN 'lower' ELSE ${named} END`;
}
