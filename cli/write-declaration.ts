import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isCollection, isScalar, parseDocument, stringify } from 'yaml';
import { loadDeclaration } from '../datasets/declaration/load-declaration.ts';
import { changeText, type JsonChange, jsonChanges } from '../datasets/declaration/json-changes.ts';
import { isJsonObject, type JsonObject } from '../datasets/declaration/json-object.ts';
import { writtenForm } from '../datasets/declaration/written-form.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import type { Json } from '../manifests/canonical-json.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { LoadedDataset } from './load-dataset.ts';
import { withoutOverrides } from './load-version-declaration.ts';

/** A `dataset.yaml` whose values can't be changed in their places. */
export class UnwritableDeclarationError extends GettokError {
  override readonly name = 'UnwritableDeclarationError';
}

interface Target {
  readonly folder: string;
  readonly kinds: LoadedDataset['kinds'];
  readonly blobs: Pick<BlobStore, 'get'>;
}

/** How the declaration in a folder differs from one, in words; empty when they say the same. */
export async function folderDiffers({ folder, kinds }: Omit<Target, 'blobs'>, wanted: JsonObject): Promise<string[]> {
  const { normalised } = await loadDeclaration(folder, { kinds });
  return jsonChanges(withoutOverrides(normalised), withoutOverrides(wanted)).map(changeText);
}

/**
 * Changes the values of a folder's `dataset.yaml` that differ from a declaration, and leaves its comments, order and
 * layout; prompts that differ come in files of their own. Returns the files that were written.
 */
export async function writeDeclaration({ folder, kinds, blobs }: Target, wanted: JsonObject): Promise<string[]> {
  const file = join(folder, 'dataset.yaml');
  const [text, { normalised }] = await Promise.all([readFile(file, 'utf8'), loadDeclaration(folder, { kinds })]);
  const [now, then] = [writtenForm(normalised), writtenForm(wanted)];
  const changes = jsonChanges(now.value, then.value);
  if (changes.length === 0) return [];

  const yaml = withValues(text, changes) ?? rewritten(text, changes);
  const prompts = new Map<string, string>();
  for (const [path, digest] of then.prompts)
    if (!now.prompts.has(path)) prompts.set(path, (await blobs.get(digest)).toString('utf8'));

  const texts = { name: `${file} as it would be`, yaml, prompts };
  const { normalised: written } = await loadDeclaration(folder, { kinds, texts });
  const left = jsonChanges(withoutOverrides(written), withoutOverrides(wanted)).map(changeText);
  if (left.length > 0)
    throw new UnwritableDeclarationError(
      `${file} can't be changed by this command: ${left.join(', ')}. Change it by hand; anchors and aliases are in the way, most likely.`,
    );
  for (const [path, content] of prompts) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeNew(join(folder, path), content);
  }
  await writeFile(`${file}.new`, yaml);
  await rename(`${file}.new`, file);
  return ['dataset.yaml', ...prompts.keys()];
}

/** A prompt that somebody has edited meanwhile is nobody's to overwrite. */
async function writeNew(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if ((await readFile(path, 'utf8')) === content) return;
    throw new UnwritableDeclarationError(
      `${path} is there already with another text, and is not overwritten. Rename it, and what names it, then do this again.`,
    );
  }
}

/** The text with only the changed values in their places; null where a value is to be added, removed or laid out anew. */
function withValues(text: string, changes: readonly JsonChange[]): string | null {
  const document = parseDocument(text, { version: '1.2' });
  const places = changes.map(({ path, after }) => {
    const node = document.getIn(path, true);
    const isInline = isScalar(node) || (isCollection(node) && node.flow === true);
    return isInline && node.range && after !== undefined && !isJsonObject(after) ? { range: node.range, after } : null;
  });
  if (places.includes(null)) return null;
  return places
    .filter((place) => place !== null)
    .toSorted((a, b) => b.range[0] - a.range[0])
    .reduce(
      (edited, { range: [start, end], after }) => edited.slice(0, start) + inline(after) + edited.slice(end),
      text,
    );
}

/** A value as it stands inside another, on one line. */
const inline = (value: Json): string =>
  stringify([value], { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim().slice(1, -1);

/** The document written anew: comments and order stay, spaces inside brackets may not. */
function rewritten(text: string, changes: readonly JsonChange[]): string {
  const document = parseDocument(text, { version: '1.2' });
  for (const { path, after } of changes)
    if (after === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(after));
  return document.toString({ lineWidth: 0, flowCollectionPadding: /[[{] /.test(text) });
}
