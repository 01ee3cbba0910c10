import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GettokError } from '../../manifests/gettok-error.ts';
import type { StepKindSignature } from '../step-kind.ts';
import { datasetSchema } from './dataset-schema.ts';

/** A starter never writes over what somebody wrote. */
export class StarterExistsError extends GettokError {
  override readonly name = 'StarterExistsError';
  readonly files: readonly string[];
  constructor(files: readonly string[]) {
    super(`There is ${files.join(', ')} already; nothing was written. Name another folder:  gettok init my-videos`);
    this.files = files;
  }
}

const STARTER = join(import.meta.dirname, 'starter');
const DECLARATION = 'dataset.yaml';
const SCHEMA = 'dataset.schema.json';
const PROMPT = 'prompts/describe.md';
/** The table is yours more likely than not: left alone where there is one. */
const TABLE = 'data/videos.csv';

/** Writes a declaration to begin with, its prompt, an empty table and the JSON Schema that editors read. */
export async function writeStarter(
  folder: string,
  name: string,
  kinds: ReadonlyMap<string, StepKindSignature>,
): Promise<{ readonly dataset: string; readonly written: readonly string[]; readonly kept: readonly string[] }> {
  const dataset = asDatasetName(name);
  const declaration = await readFile(join(STARTER, DECLARATION), 'utf8');
  const contents = new Map([
    [DECLARATION, declaration.replace(/^dataset: my-videos/m, `dataset: ${dataset}`)],
    [PROMPT, await readFile(join(STARTER, PROMPT), 'utf8')],
    [SCHEMA, `${JSON.stringify(datasetSchema(kinds), null, 2)}\n`],
    [TABLE, await readFile(join(STARTER, TABLE), 'utf8')],
  ]);
  const there: string[] = [];
  for (const file of contents.keys()) if (await exists(join(folder, file))) there.push(file);
  const inTheWay = there.filter((file) => file !== TABLE);
  if (inTheWay.length > 0) throw new StarterExistsError(inTheWay.map((file) => join(folder, file)));

  const written = [...contents].filter(([file]) => !there.includes(file));
  for (const [file, content] of written) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content, { flag: 'wx' });
  }
  return { dataset, written: written.map(([file]) => file), kept: there };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** The name of a folder as the name of a dataset. */
export function asDatasetName(name: string): string {
  const letters = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-');
  return letters.slice(0, 63).replaceAll(/^-+|-+$/g, '') || 'my-videos';
}
