import { type Columns, type ColumnType, text, typeToJson } from '../column-type.ts';
import { parquetFiles, quoteName } from '../parquet/sql-text.ts';
import { VALUES_EXTRA } from '../step-files.ts';
import { sqlType } from './sql-type.ts';

/** A step of a version, with the local paths of its values files, partition by partition. */
export interface StepTable {
  readonly name: string;
  readonly source: boolean;
  readonly columns: Columns;
  readonly files: readonly string[];
  /** Local path of the log of requests, of a source that asked an API. */
  readonly log?: string;
}

/** The table of a source's requests. */
export const logTable = (step: string): string => `${step}_log`;

/** The joined view: one row a video, every step's columns as `step_column`. */
export const JOINED_VIEW = 'dataset';

/** Columns of a step's table: `id`, what the step makes, `status`, `error_code`. */
export const stepColumns = ({ columns }: Pick<StepTable, 'columns'>): Columns => ({
  id: text(),
  ...columns,
  ...VALUES_EXTRA,
});

export interface JoinedColumn {
  readonly name: string;
  readonly step: string;
  readonly column: string;
  readonly type: ColumnType;
}

/** Columns of the joined view but `id`, and where they are from. */
export const joinedColumns = (steps: readonly StepTable[]): JoinedColumn[] =>
  steps.flatMap(({ name: step, columns }) =>
    Object.entries({ ...columns, ...VALUES_EXTRA }).map(([column, type]) => ({
      name: `${step}_${column}`,
      step,
      column,
      type,
    })),
  );

/** Statements that make a table view of each step, under its name, and the joined view `dataset`. */
export function viewStatements(steps: readonly StepTable[]): string[] {
  const source = steps.find((step) => step.source);
  if (!source) throw new Error('a version without a source step');
  const logs = steps.flatMap(({ name, log }) =>
    log === undefined ? [] : [`CREATE VIEW ${quoteName(logTable(name))} AS SELECT * FROM ${parquetFiles([log])}`],
  );
  return [...steps.map(stepView), ...logs, joinedView(source, steps)];
}

function stepView(step: StepTable): string {
  const columns = Object.entries(stepColumns(step));
  const selected =
    step.files.length > 0
      ? `SELECT ${columns.map(([name]) => quoteName(name)).join(', ')} FROM ${parquetFiles(step.files)}`
      : `SELECT ${columns.map(([name, { arrow }]) => `NULL::${sqlType(typeToJson(arrow))} AS ${quoteName(name)}`).join(', ')} WHERE false`;
  return `CREATE VIEW ${quoteName(step.name)} AS ${selected}`;
}

function joinedView(source: StepTable, steps: readonly StepTable[]): string {
  const columns = joinedColumns(steps).map(
    ({ name, step, column }) => `${quoteName(step)}.${quoteName(column)} AS ${quoteName(name)}`,
  );
  const joins = steps
    .filter((step) => step !== source)
    .map(({ name }) => ` LEFT JOIN ${quoteName(name)} ON ${quoteName(name)}.id = ${quoteName(source.name)}.id`);
  return (
    `CREATE VIEW ${quoteName(JOINED_VIEW)} AS SELECT ${[`${quoteName(source.name)}.id AS id`, ...columns].join(', ')} ` +
    `FROM ${quoteName(source.name)}${joins.join('')}`
  );
}
