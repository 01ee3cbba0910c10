import { logTable } from '../sql/dataset-views.ts';
import type { DraftStep } from './draft-step.ts';
import type { WrittenDeclaration } from './written-declaration.ts';

/** Columns that every step's table has beside what the step makes. */
export const RESERVED_COLUMNS = ['id', 'status', 'error_code'] as const;

/**
 * Reports output columns that the tables of a version couldn't hold: reserved ones, two that differ in case alone (SQL
 * doesn't tell them apart), and two that would be one column `step_column` of the joined view.
 */
export function checkSqlNames(written: WrittenDeclaration, steps: readonly DraftStep[]): void {
  const inView = new Map<string, { step: string; column: string }>();
  const source = steps.find(({ kind }) => kind?.source);
  const named = source && steps.find(({ name }) => name === logTable(source.name));
  if (named)
    written.report(
      named.path,
      {
        message: `step ${named.name} has the name of the table of what ${source.name} asked`,
        found: named.name,
        expected: 'another name for one of the steps',
      },
      'key',
    );
  for (const { name: step, makes, path, with: parameters } of steps) {
    const made = Object.keys(makes ?? {});
    const own = new Map<string, string>();
    for (const column of made) {
      const at = [...path, ...(placeWithin(parameters, column) ?? [])];
      const report = (message: string, expected: string) =>
        written.report(at, { message, found: column, expected }, 'key');
      const twin = own.get(column.toLowerCase());
      if ((RESERVED_COLUMNS as readonly string[]).includes(column.toLowerCase()))
        report(
          `step ${step} makes a column ${column}`,
          `another name: each table has its own ${RESERVED_COLUMNS.join(', ')}`,
        );
      else if (twin !== undefined)
        report(`step ${step} makes ${twin} and ${column}`, 'names that differ in more than case');
      own.set(column.toLowerCase(), column);
    }
    for (const column of makes === null ? [] : [...made, 'status', 'error_code']) {
      const name = `${step}_${column}`.toLowerCase();
      const other = inView.get(name);
      if (other !== undefined && other.step !== step) {
        const message = `column ${column} of step ${step} and column ${other.column} of step ${other.step} would both be ${name} in SQL`;
        written.report(path, { message, found: name, expected: 'another name for one of the steps' }, 'key');
      }
      if (other === undefined) inView.set(name, { step, column });
    }
  }
}

/** Where a column is named among the parameters, such as under `output`. */
function placeWithin(parameters: object | null, column: string): (string | number)[] | null {
  for (const [key, value] of Object.entries(parameters ?? {}))
    if (value !== null && typeof value === 'object' && !Array.isArray(value) && Object.hasOwn(value, column))
      return ['with', key, column];
  return null;
}
