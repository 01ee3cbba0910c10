import { openQueryDatabase } from '../datasets/sql/query-database.ts';
import { fetchVersion } from './open-version.ts';
import type { Project } from './open-project.ts';
import type { Colours } from './terminal/colours.ts';
import { renderRows } from './terminal/render-rows.ts';

const SHOWN = 5;

/** The first rows of the example's joined view, as a person wants to see them. */
export async function sampleTable(
  project: Project,
  dataset: string,
  style: { readonly width: number; readonly colours: Colours },
): Promise<string> {
  const { steps } = await fetchVersion(project, dataset, 'main');
  await using database = await openQueryDatabase(steps);
  const result = await database.query(
    `select id, coalesce(transcript_text, '(' || transcript_error_code || ')') as transcript,
       description_displayed_text as displayed_text, coalesce(stance_label, '(' || stance_error_code || ')') as stance
     from dataset order by id limit ${SHOWN}`,
  );
  const rows = await Array.fromAsync(result.text());
  const counted = await database.query('select count(*) as total from dataset');
  const [[total] = []] = await Array.fromAsync(counted.text());
  return `${renderRows(result.columns, rows, style)}\n${style.colours.dim(`  (${rows.length} of ${total} shown)`)}`;
}
