import type { SqlRow } from '../parquet/database.ts';
import { parquetFiles } from '../parquet/sql-text.ts';
import { cellCauses, type Evidence, type StepContext } from './cell-causes.ts';
import type { ChangedRows, DiffTools } from './changed-rows.ts';
import { causeLabel } from '../causes.ts';

/** For one input of a step: SQL over the changed rows of the step that it is read from. */
export type InputTest =
  | { readonly table: string; readonly column: number }
  /** The input differs in every row, or in none. */
  | boolean;

/** Names of columns that say when a row of a source was observed, or found gone. */
const OBSERVED: readonly string[] = ['observed_at', 'deleted_at'];

/**
 * Puts the changed rows of a step together with what says why they changed: a table with the columns of `rows.table` and
 * `evidence`, which `labelOf` turns into a cause.
 */
export async function judgeCells(
  { database }: DiffTools,
  rows: ChangedRows,
  context: StepContext,
  inputs: readonly InputTest[],
): Promise<string> {
  const keys = comparesKeys(context) ? `${rows.table}_keys` : null;
  if (keys !== null) {
    const [before, after] = await Promise.all([rows.before.provenance(), rows.after.provenance()]);
    // A provenance file has the rows of its values file.
    await database.run(
      `CREATE TABLE ${keys} AS SELECT a.id AS id, a.cell_key = b.cell_key AS same, a.software AS before, b.software AS after ` +
        `FROM ${parquetFiles(before)} a JOIN ${parquetFiles(after)} b ON a.id = b.id ` +
        `WHERE a.id IN (SELECT id FROM ${rows.table})`,
    );
  }
  const joins = inputs.flatMap((input, index) =>
    typeof input === 'boolean' ? [] : [`LEFT JOIN ${input.table} i${index} ON i${index}.id = c.id`],
  );
  const tests = inputs.map((input, index) =>
    typeof input === 'boolean'
      ? String(input)
      : `coalesce(i${index}.status_differs OR i${index}.c_${input.column}, false)`,
  );
  const observed = rows.columns.flatMap(({ after }, index) => (OBSERVED.includes(after.name) ? [`c.c_${index}`] : []));
  const evidence = [
    "'not_sampled': c.not_sampled",
    "'failed_before': c.failed_before",
    `'same_key': ${keys === null ? 'false' : 'coalesce(k.same, false)'}`,
    // Only what decides is told apart: there are as many groups as there are different causes.
    `'before': ${keys === null ? 'NULL' : 'CASE WHEN k.same THEN k.before END'}`,
    `'after': ${keys === null ? 'NULL' : 'CASE WHEN k.same THEN k.after END'}`,
    `'inputs': [${tests.join(', ')}]::BOOLEAN[]`,
    // Kinds whose rows don't say when they were observed give what was there when they asked.
    `'observed': ${hasObserved(rows) ? observed.join(' OR ') : 'true'}`,
  ];
  const table = `${rows.table}_judged`;
  // What takes no join is as cheap to find out at every look.
  const kind = keys === null && joins.length === 0 ? 'VIEW' : 'TABLE';
  await database.run(
    `CREATE ${kind} ${table} AS SELECT c.*, {${evidence.join(', ')}} AS evidence FROM ${rows.table} c ` +
      [...(keys === null ? [] : [`LEFT JOIN ${keys} k ON k.id = c.id`]), ...joins].join(' '),
  );
  return table;
}

const hasObserved = ({ columns }: ChangedRows) => columns.some(({ after }) => OBSERVED.includes(after.name));

/** Rows of a source have no inputs, and other configurations make other keys: neither needs to look at them. */
const comparesKeys = ({ source, configuration }: StepContext) => !source && configuration.length === 0;

/** The cause of a row of the table that `judgeCells` makes, by its `evidence`. */
export const labelOf = (context: StepContext, { evidence }: SqlRow): string =>
  causeLabel(cellCauses(context, evidenceOf(evidence as EvidenceRow)));

/** DuckDB gives the types of the struct that is built above. */
interface EvidenceRow {
  readonly [name: string]: null | string | boolean | readonly boolean[];
}

function evidenceOf({ before, after, ...row }: EvidenceRow): Evidence {
  const software = typeof before === 'string' && typeof after === 'string' ? { before, after } : null;
  return {
    notSampled: row['not_sampled'] === true,
    failedBefore: row['failed_before'] === true,
    sameKey: row['same_key'] === true,
    software,
    inputs: row['inputs'] as readonly boolean[],
    observedAnew: row['observed'] === true,
  };
}
