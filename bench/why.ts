import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { GettokFolder } from '../test/end-to-end/gettok-process.ts';
import { commitStudy, connectFolder } from './commit-study.ts';
import { type Figure, medianSeconds, secondsFigure, timed } from './figure.ts';
import { DAYS, idOf, ROWS, studyVersion } from './study-version.ts';

/** `why` of one value: the row is found among all partitions, its request rendered again, its inputs read back to the file. */
export async function benchWhy(): Promise<Figure[]> {
  await using project = await GettokFolder.withExample();
  const folder = join(project.path, 'study-size');
  {
    await using open = await connectFolder(project.path);
    await commitStudy(open, await studyVersion(open, folder));
  }
  const id = idOf(31_415);
  const why = async () => {
    const told = await project.json<{ rendered_again: string }>('why', id, 'stance.label', '--folder', folder);
    if (told.rendered_again !== 'same') throw new Error(`the request was rendered as ${told.rendered_again}`);
  };
  await why();
  const warm = await medianSeconds(7, why);
  const cache = join(project.path, '.gettok/cache/objects');
  const scan = () =>
    execa('node', ['-e', SCAN, `${cache}/**/*`, id], {
      cwd: new URL('..', import.meta.url).pathname,
      preferLocal: true,
    });
  const baseline = await medianSeconds(5, scan);
  await rm(cache, { recursive: true });
  const cold = await timed(why);
  const what = `${ROWS.toLocaleString('en-US')} rows, ${DAYS} partitions, 7 steps`;
  return [
    secondsFigure(`why: ${what}`, warm, 1, { what: 'node, DuckDB: the id in those files', seconds: baseline }),
    secondsFigure(`why, nothing in the cache: ${what}`, cold, 2, {
      what: 'node, DuckDB: the id in those files',
      seconds: baseline,
    }),
  ];
}

/** What anybody would do who knows where the files are. */
const SCAN = `
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const [files, id] = process.argv.slice(1);
  const found = await connection.runAndReadAll("SELECT filename FROM read_parquet('" + files + "', filename = true, union_by_name = true) WHERE id = '" + id + "'");
  if (found.getRows().length === 0) process.exit(1);
})();
`;
