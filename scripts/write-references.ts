import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { stepKinds } from '../activities/kinds/index.ts';
import { datasetSchema } from '../datasets/declaration/dataset-schema.ts';
import { withHelp } from './references/command-line-help.ts';
import { declarationPage } from './references/declaration-page.ts';
import { manifestPage } from './references/manifest-page.ts';
import { manifestJsonSchema } from './references/manifest-schema.ts';
import { madeBy, pageNameOf, stepKindPage } from './references/step-kind-page.ts';
import { stepKindsPage } from './references/step-kinds-page.ts';

// Writes docs/reference from the code; with --check it only says what is out of date, and fails when something is.

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/reference');

/** Written by hand, but for its help texts. */
const COMMAND_LINE = '../command-line.md';

/** Every page, by its path in docs/reference. */
function references(): Map<string, string> {
  const kinds = [...stepKinds.values()].toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
  const known = kinds.flatMap((kind) => {
    const columns = madeBy(kind);
    return columns === null || columns === 'data' ? [] : Object.values(columns);
  });
  return new Map([
    ['declaration.md', declarationPage()],
    ['dataset.schema.json', `${JSON.stringify(datasetSchema(stepKinds), null, 2)}\n`],
    ['manifest.md', manifestPage()],
    ['manifest.schema.json', `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`],
    ['steps/README.md', stepKindsPage(kinds)],
    ...kinds.map((kind) => [`steps/${pageNameOf(kind.kind)}`, stepKindPage(kind, known)] as const),
  ]);
}

const pages = references().set(COMMAND_LINE, withHelp(await readFile(join(folder, COMMAND_LINE), 'utf8')));
if (process.argv.includes('--check')) {
  const stale: string[] = [];
  for (const [path, content] of pages)
    if ((await readFile(join(folder, path), 'utf8').catch(() => '')) !== content) stale.push(path);
  if (stale.length > 0) {
    process.stderr.write(
      `Out of date in ${relative(root, folder)}: ${stale.join(', ')}. Write them with  npm run docs\n`,
    );
    process.exitCode = 1;
  }
} else {
  await rm(join(folder, 'steps'), { recursive: true, force: true });
  for (const [path, content] of pages) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  process.stdout.write(`Wrote ${pages.size} pages to ${relative(root, folder)}\n`);
}
