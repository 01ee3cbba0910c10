import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { loadConfiguration } from '../cli/configuration.ts';
import { connectProject } from '../cli/open-project.ts';
import { ensureServices } from '../cli/services/ensure-services.ts';
import { writeManifest } from '../manifests/manifest-store.ts';
import { moveBranch } from '../manifests/refs.ts';
import { GettokFolder } from '../test/end-to-end/gettok-process.ts';
import { type Figure, medianSeconds, secondsFigure, timed } from './figure.ts';
import { DAYS, idOf, ROWS, studyVersion } from './study-version.ts';

/** `why` of one value: the row is found among all partitions, its request rendered again, its inputs read back to the file. */
export async function benchWhy(): Promise<Figure[]> {
  await using project = await GettokFolder.withExample();
  const folder = join(project.path, 'study-size');
  await makeVersion(project.path, folder);
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

async function makeVersion(projectFolder: string, folder: string): Promise<void> {
  const configuration = await loadConfiguration({ environment: { ...process.env, GETTOK_PROJECT: projectFolder } });
  await using project = await connectProject(configuration, await ensureServices(configuration, { need: ['store'] }));
  const manifest = await studyVersion(project, folder);
  const version = await writeManifest(project.store, manifest);
  const to = { manifest: version, run: 'bench', updatedAt: new Date(0).toISOString(), by: null };
  await moveBranch(project.store, manifest.state.dataset, 'main', null, to);
}
