import { openDatabase } from '../datasets/parquet/database.ts';
import type { Project } from './open-project.ts';
import { planRows } from './plan-rows.ts';
import type { PreparedRun } from './prepare-run.ts';
import { printable } from './terminal/render-table.ts';

/** Prints every row of a step with what becomes of it: `id  why`, or one JSON object a line. */
export async function listPlannedRows(
  { blobs }: Pick<Project, 'blobs'>,
  { plan, parent, outlook }: Pick<PreparedRun, 'plan' | 'parent' | 'outlook'>,
  step: string,
  json: boolean,
): Promise<void> {
  using database = await openDatabase();
  const rows = await planRows({ plan, parent: parent?.manifest ?? null, outlook, blobs, database }, step);
  const width = rows.reduce((most, { id }) => Math.max(most, id.length), 0);
  const lines = rows.map(({ id, why, certain }) =>
    json
      ? JSON.stringify({ id, step, why, certain })
      : `${printable(id).padEnd(width)}  ${printable(why)}${certain ? '' : ' (perhaps)'}`,
  );
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
