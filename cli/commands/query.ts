import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';

interface QueryFlags {
  readonly at: string;
  readonly json?: boolean;
  readonly limit: number;
}

export const queryCommand = () =>
  new Command('query')
    .description('SQL over a version: a table of each step, and "dataset", which joins them, one row a video')
    .usage('[options] [folder] <sql>')
    .argument('<folder or sql>', 'folder of a dataset.yaml (the current one when only SQL is given)')
    .argument('[sql]', 'a query in DuckDB SQL; it can read the version and nothing else')
    .option('--at <ref>', 'branch, tag, branch~2, digest or its first digits', 'main')
    .option('--limit <rows>', 'rows shown in the table; 0 for all', rowLimit, 100)
    .option('--json', 'print an array of row objects; ids and 64-bit integers are text')
    .addHelpText(
      'after',
      '\nColumns are step_column in "dataset" (stance_label), and id, column, status, error_code in the table of a step.\n' +
        '\nExample:\n  gettok query examples/peru-2022 "select stance_label, count(*) from dataset group by all"',
    )
    .action(async (first: string, second: string | undefined, flags: QueryFlags, command: Command) => {
      if (second === undefined && existsSync(join(first, 'dataset.yaml')))
        command.error(`error: no SQL after the folder ${first}`, { exitCode: 2 });
      const [folder, sql] = second === undefined ? ['.', first] : [first, second];
      const { openVersion } = await import('../open-version.ts');
      const { runQuery } = await import('../run-query.ts');
      const version = await openVersion({ folder, at: flags.at });
      try {
        await runQuery(version.steps, sql, { json: flags.json ?? false, limit: flags.limit }, process.stdout);
      } finally {
        await version.close();
      }
    });

function rowLimit(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a number of rows such as 20, or 0 for all.');
  return Number(text) || Number.POSITIVE_INFINITY;
}
