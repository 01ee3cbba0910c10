import { loadDeclaration } from '../datasets/declaration/load-declaration.ts';
import { changeText, jsonChanges } from '../datasets/declaration/json-changes.ts';
import { isJsonObject, type JsonObject } from '../datasets/declaration/json-object.ts';
import { writtenForm, yamlOf } from '../datasets/declaration/written-form.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import type { Json } from '../manifests/canonical-json.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { LoadedDataset } from './load-dataset.ts';

/** A version's declaration that this program understands otherwise than the one that wrote it. */
export class OtherDeclarationError extends GettokError {
  override readonly name = 'OtherDeclarationError';
}

/** Without what was set on the command line: such values stand in the declaration itself. */
export const withoutOverrides = (declaration: Json): JsonObject => ({
  ...(isJsonObject(declaration) ? declaration : {}),
  overrides: [],
});

/** The declaration of a version, as a run uses it: prompts from the bucket, data and media from the folder. */
export async function loadVersionDeclaration(
  {
    folder,
    kinds,
    blobs,
    name,
  }: {
    readonly folder: string;
    readonly kinds: LoadedDataset['kinds'];
    readonly blobs: Pick<BlobStore, 'get'>;
    /** Where it is from, for messages. */
    readonly name: string;
  },
  declared: Json,
): Promise<LoadedDataset> {
  const form = writtenForm(declared);
  const prompts = new Map<string, string>();
  for (const [path, digest] of form.prompts) prompts.set(path, (await blobs.get(digest)).toString('utf8'));
  const texts = { name: `dataset.yaml of ${name}`, yaml: yamlOf(form), prompts };
  const declaration = await loadDeclaration(folder, { kinds, texts });
  const differs = jsonChanges(withoutOverrides(declared), withoutOverrides(declaration.normalised));
  if (differs.length > 0)
    throw new OtherDeclarationError(
      `This GET-Tok reads the declaration of ${name} otherwise than the one that wrote it: ` +
        `${differs.map(changeText).join(', ')}. Run it from its dataset.yaml instead.`,
    );
  return { declaration, kinds };
}
