import { once } from 'node:events';
import type { StepTable } from '../datasets/sql/dataset-views.ts';
import { openQueryDatabase, type QueryResult } from '../datasets/sql/query-database.ts';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { formatCount, plural } from './terminal/format-number.ts';
import { renderRows } from './terminal/render-rows.ts';

/** Runs a query over a version and prints its rows as a table or as a JSON array of objects, one a line. */
export async function runQuery(
  steps: readonly StepTable[],
  sql: string,
  { json, limit }: { readonly json: boolean; readonly limit: number },
  out: NodeJS.WriteStream,
): Promise<void> {
  await using database = await openQueryDatabase(steps);
  const result = await database.query(sql);
  if (json) await printJson(result, out);
  else await printTable(result, limit, out);
}

async function printJson(result: QueryResult, out: NodeJS.WriteStream): Promise<void> {
  let before = '[\n';
  for await (const row of result.json()) {
    if (!out.write(before + JSON.stringify(row))) await once(out, 'drain');
    before = ',\n';
  }
  out.write(before === ',\n' ? '\n]\n' : '[]\n');
}

async function printTable(result: QueryResult, limit: number, out: NodeJS.WriteStream): Promise<void> {
  const shown: (readonly (string | null)[])[] = [];
  let rows = 0;
  for await (const row of result.text()) {
    rows += 1;
    if (rows <= limit) shown.push(row);
  }
  if (result.columns[0]?.name === 'explain_key')
    return void out.write(`${shown.map((row) => row.at(-1)).join('\n')}\n`);
  const colours = coloursFor(out);
  if (shown.length > 0) out.write(`${renderRows(result.columns, shown, { width: widthOf(out), colours })}\n`);
  const note =
    rows > limit ? `${formatCount(limit)} of ${plural(rows, 'row')} shown; all with --limit 0` : plural(rows, 'row');
  out.write(`${colours.dim(`  (${note})`)}\n`);
}
