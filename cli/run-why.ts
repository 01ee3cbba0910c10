import { openDatabase } from '../datasets/parquet/database.ts';
import { listRefs } from '../manifests/refs.ts';
import type { Project } from './open-project.ts';
import { checkOutput, writeOutput } from './output-file.ts';
import { resolveVersion } from './resolve-version.ts';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { shortDigest } from './terminal/format-number.ts';
import { printable } from './terminal/render-table.ts';
import { renderWhy } from './terminal/render-why.ts';
import type { CellStory } from './why/cell-story.ts';
import { explainCell } from './why/explain-cell.ts';
import { saveFolder, saveStory } from './why/save-story.ts';
import { storyHtml } from './why/story-html.ts';
import { storyJson } from './why/story-json.ts';
import { notThere } from './why/where-else.ts';

export interface WhyOptions {
  readonly dataset: string;
  readonly id: string;
  /** `step.column`. */
  readonly column: string;
  readonly at: string;
  /** A folder, or true for one named after the id. */
  readonly save?: string | true;
  readonly html?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Prints where a value comes from, and saves what was asked for. */
export async function runWhy(
  { store, blobs }: Pick<Project, 'store' | 'blobs'>,
  options: WhyOptions,
  out: NodeJS.WriteStream,
): Promise<void> {
  const { dataset, id, column, at, save, html, force = false, json } = options;
  if (html !== undefined) await checkOutput(html, force);
  // The bucket answers while DuckDB is loaded.
  const [opened, start, tags] = await Promise.all([
    openDatabase({ threads: 2 }),
    resolveVersion(store, dataset, at),
    listRefs(store, dataset, 'tags'),
  ]);
  using database = opened;
  const tools = { blobs, database };
  const told = await explainCell(tools, start, id, column);
  if (told === null) throw await notThere(store, tools, start, id);
  const names = [...tags].flatMap(([name, { manifest }]) => (manifest === start.version ? [name] : []));
  const story: CellStory = { ...told, tags: names };

  const folder = save === true ? saveFolder(id) : save;
  const saved = folder === undefined ? null : { folder, files: await saveStory(story, folder, blobs, { force }) };
  if (html !== undefined) await writeOutput(html, await storyHtml(story, blobs));
  if (json) {
    out.write(`${JSON.stringify(storyJson(story), null, 2)}\n`);
    return;
  }
  if (html !== undefined) {
    out.write(`${html}: ${story.step}.${story.column} of ${printable(id)} in ${shortDigest(story.version)}\n`);
    return;
  }
  out.write(`${renderWhy(story, { width: widthOf(out), colours: coloursFor(out), saved })}\n`);
}
